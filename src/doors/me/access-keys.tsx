/** Access keys: made, shown once, switched off, removed. */
import { Fault } from '../../core/faults.ts';
import type { AccessKeyRecord } from '../../core/repositories/access-keys.ts';
import { makeOwnAccessKey, removeOwnAccessKey, setOwnAccessKey } from '../../usecases/own-access-keys.ts';
import type { DoorRequest } from '../http/door.ts';
import { PostForm } from '../http/page/form.tsx';
import { Layout } from '../http/page/layout.tsx';
import { Moment } from '../http/page/moment.tsx';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer, seeOther } from '../http/page/page-answer.ts';
import type { Visitor } from '../http/page/visitor.ts';
import { confirmFirst } from './visitor.ts';

export async function makeKey(door: DoorRequest, visitor: Visitor): Promise<Response> {
  await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  const { accessKeyId, secretAccessKey } = await makeOwnAccessKey(visitor.session, door.facts, door.deps);
  return pageAnswer(
    door,
    200,
    <Layout frame={frameOf(door, visitor)} title="Your new access key">
      <div class="card">
        <p class="notice warning">
          The secret is shown this once. It does not expire: keep it like a password, and remove it when you
          no longer use it.
        </p>
        <pre id="key">{`aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}`}</pre>
        <div class="row">
          <button class="button" type="button" data-copy="key" hidden>
            Copy
          </button>
          <a class="button primary" href="/me">
            I have kept it
          </a>
        </div>
      </div>
    </Layout>,
  );
}

export async function setKey(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  const status = form.get('status');
  if (status !== 'Active' && status !== 'Inactive') throw new Fault('validation_error', 'a key is on or off');
  await setOwnAccessKey(visitor.session, form.get('key') ?? '', status, door.facts, door.deps);
  return seeOther(door, '/me?done=key-changed');
}

export async function removeKey(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  await removeOwnAccessKey(visitor.session, form.get('key') ?? '', door.facts, door.deps);
  return seeOther(door, '/me?done=key-removed');
}

export interface AccessKeysProps {
  readonly keys: readonly AccessKeyRecord[];
  readonly csrf: string;
  readonly nowSeconds: number;
}

export function AccessKeys({ keys, csrf, nowSeconds }: AccessKeysProps) {
  return (
    <section class="card" aria-labelledby="keys">
      <h2 id="keys">Access keys</h2>
      {keys.length === 0 ? (
        <div class="empty">
          <p>
            Keys for programs that cannot sign in. For your own shell, take temporary credentials instead:
            they expire by themselves.
          </p>
        </div>
      ) : (
        <ul class="things">
          {keys.map((key) => (
            <KeyRow of={key} csrf={csrf} nowSeconds={nowSeconds} />
          ))}
        </ul>
      )}
      <PostForm action="/me/access-keys" csrf={csrf}>
        <div>
          <button class="button" type="submit">
            Make an access key
          </button>
        </div>
      </PostForm>
    </section>
  );
}

function KeyRow(props: { readonly of: AccessKeyRecord; readonly csrf: string; readonly nowSeconds: number }) {
  const { of: key, csrf, nowSeconds } = props;
  const { accessKeyId, status } = key;
  const other = status === 'Active' ? 'Inactive' : 'Active';
  return (
    <li>
      <div class="what stack-tight">
        <span class="row">
          <code>{accessKeyId}</code>
          {status === 'Inactive' && <span class="badge">off</span>}
        </span>
        <span class="muted small">
          Made <Moment atSeconds={key.createdAtSeconds} nowSeconds={nowSeconds} />
        </span>
      </div>
      <div class="row">
        <PostForm action="/me/access-keys/status" csrf={csrf} hidden={{ key: accessKeyId, status: other }}>
          <button
            class="button small"
            type="submit"
            aria-label={`Switch ${other === 'Active' ? 'on' : 'off'} ${accessKeyId}`}
          >
            {other === 'Active' ? 'Switch on' : 'Switch off'}
          </button>
        </PostForm>
        <PostForm action="/me/access-keys/remove" csrf={csrf} hidden={{ key: accessKeyId }}>
          <button class="button danger small" type="submit" aria-label={`Remove ${accessKeyId}`}>
            Remove
          </button>
        </PostForm>
      </div>
    </li>
  );
}
