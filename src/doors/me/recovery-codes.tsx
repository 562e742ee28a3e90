/** Recovery codes: made and shown once. */

import { requireOwnFactorChange } from '../../usecases/own-factors.ts';
import { makeRecoveryCodes } from '../../usecases/recovery-codes.ts';
import type { DoorRequest } from '../http/door.ts';
import { Layout } from '../http/page/layout.tsx';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer } from '../http/page/page-answer.ts';
import type { Visitor } from '../http/page/visitor.ts';
import { confirmFirst } from './visitor.ts';

export async function newRecoveryCodes(door: DoorRequest, visitor: Visitor): Promise<Response> {
  await readOwnForm(door, visitor);
  const wait = await confirmFirst(door, visitor);
  if (wait !== null) return wait;
  await requireOwnFactorChange(visitor.session, 'iam:EnableMFADevice', door.facts, door.deps);
  const codes = await makeRecoveryCodes(visitor.session, door.facts, door.deps);
  return pageAnswer(
    door,
    200,
    <Layout frame={frameOf(door, visitor)} title="Your recovery codes">
      <div class="card">
        <p class="notice warning">
          They are shown this once. Print them or keep them in your password manager, away from your phone.
        </p>
        <ol class="codes" id="codes" data-copy-text={codes.join('\n')}>
          {codes.map((code) => (
            <li>{code}</li>
          ))}
        </ol>
        <div class="row">
          <button class="button" type="button" data-copy="codes" hidden>
            Copy all
          </button>
          <a class="button primary" href="/me">
            I have kept them
          </a>
        </div>
      </div>
    </Layout>,
  );
}
