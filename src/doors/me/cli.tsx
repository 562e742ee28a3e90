/** `/me/cli`: step-up for the command line, where the second factor is a passkey. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { issueOwnCredentials } from '../../usecases/own-credentials.ts';
import type { DoorRequest } from '../http/door.ts';
import { PostForm } from '../http/page/form.tsx';
import { Layout } from '../http/page/layout.tsx';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer } from '../http/page/page-answer.ts';
import type { Visitor } from '../http/page/visitor.ts';
import { CredentialsView } from './credentials-view.tsx';
import { DurationField, readDuration } from './duration.tsx';
import { confirmFirst } from './visitor.ts';

export async function showCli(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  return pageAnswer(
    door,
    200,
    <Layout frame={frameOf(door, visitor)} title="Credentials for the command line">
      <div class="card">
        <p>
          {visitor.session.mfaAtSeconds === null
            ? 'They carry your own permissions. You have not used a second factor in this session, so policies that ask for one will refuse them.'
            : 'They carry your own permissions, and say that you have proved a second factor.'}
        </p>
        <PostForm action="/me/cli" csrf={visitor.csrf}>
          <DurationField />
          <button class="button primary block" type="submit">
            Make credentials
          </button>
        </PostForm>
      </div>
      <p class="small">
        <a href="/me">Back</a>
      </p>
    </Layout>,
  );
}

export async function makeCliCredentials(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  const seconds = readDuration(form.get('duration'));
  const issued = await issueOwnCredentials(visitor.session, seconds, door.facts, door.deps);
  const frame = frameOf(door, visitor);
  const nowSeconds = nowSecondsOf(door.facts);
  return pageAnswer(door, 200, <CredentialsView frame={frame} issued={issued} nowSeconds={nowSeconds} />);
}
