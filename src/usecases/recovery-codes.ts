import type { RequestFacts } from '../core/context/request-context.ts';
import { digestOf } from '../core/digest.ts';
import { ownerOf, type SignInIdentity } from '../core/sign-in/identity.ts';
import {
  normalizeRecoveryCode,
  RECOVERY_CODE_BYTES,
  RECOVERY_CODE_COUNT,
  recoveryCodeOf,
} from '../core/sign-in/recovery-code.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import type { Deps } from './deps.ts';
import { signInEvent } from './sign-in-session.ts';

/** Bound to the person: the same code of two people has two hashes. */
const hashOf = (identity: SignInIdentity, code: string): Promise<string> =>
  digestOf(`recovery ${identity.accountId} ${ownerOf(identity).id} ${code}`);

/**
 * Makes new recovery codes; those before are worth nothing from then on.
 * @returns the codes: the only moment at which they can be shown
 */
export async function makeRecoveryCodes(
  session: SignInSession,
  facts: RequestFacts,
  deps: Deps,
): Promise<readonly string[]> {
  const { identity } = session;
  const codes = Array.from({ length: RECOVERY_CODE_COUNT }, () =>
    recoveryCodeOf(deps.random.bytes(RECOVERY_CODE_BYTES)),
  );
  const hashes = await Promise.all(codes.map((code) => hashOf(identity, code.replaceAll('-', ''))));
  const event = await signInEvent(session, 'CreateRecoveryCodes', null, facts, deps);
  await deps.recoveryCodes.replace(identity.accountId, ownerOf(identity), hashes, event);
  return codes;
}

/** Uses a code up. @returns whether it was one of the person's and not used before */
export async function useRecoveryCode(
  identity: SignInIdentity,
  typed: string,
  nowSeconds: number,
  deps: Deps,
): Promise<boolean> {
  const code = normalizeRecoveryCode(typed);
  if (code === null) return false;
  const hash = await hashOf(identity, code);
  return deps.recoveryCodes.use(identity.accountId, ownerOf(identity), hash, nowSeconds);
}
