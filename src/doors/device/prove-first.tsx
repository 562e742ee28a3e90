import { nowSecondsOf } from '../../core/context/request-context.ts';
import { parseUserCode } from '../../core/oauth/user-code.ts';
import { factorsOf, hasSecondFactor } from '../../usecases/factors.ts';
import { isPresent } from '../../usecases/personal-grant.ts';
import type { DoorRequest } from '../http/door.ts';
import { Layout } from '../http/page/layout.tsx';
import { frameOf } from '../http/page/own-form.ts';
import { pageAnswer, seeOther } from '../http/page/page-answer.ts';
import type { Visitor } from '../http/page/visitor.ts';

/** @returns the way to confirm who they are, or to a second factor; null for a person who has proved both just now */
export async function proveFirst(
  door: DoorRequest,
  visitor: Visitor,
  typed: string,
): Promise<Response | null> {
  const { session } = visitor;
  if (isPresent(session, nowSecondsOf(door.facts))) return null;
  const factors = await factorsOf(session.identity, door.deps);
  if (session.mfaAtSeconds === null && !hasSecondFactor(factors)) return secondFactorPage(door, visitor);
  const code = parseUserCode(typed);
  return seeOther(door, `/me/confirm?next=device${code === null ? '' : `:${code}`}`);
}

const secondFactorPage = (door: DoorRequest, visitor: Visitor): Promise<Response> =>
  pageAnswer(
    door,
    403,
    <Layout frame={frameOf(door, visitor)} title="A second factor is needed">
      <div class="card">
        <p>
          Whoever lets a device act for them has to prove more than a password. You have no passkey and no
          authenticator app yet. Nothing was changed.
        </p>
        <a class="button primary block" href="/me/passkeys/add">
          Add a passkey
        </a>
      </div>
      <p class="small">
        Then come back to <a href="/device">this page</a> and enter the code again.
      </p>
    </Layout>,
  );
