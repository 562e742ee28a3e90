import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import type { Deps } from './deps.ts';
import { factorOwnerOf, factorsOf } from './factors.ts';
import type { SignInProof } from './sign-in-session.ts';
import { verifyMfaCode } from './verify-mfa-code.ts';
import { verifyPassword } from './verify-password.ts';

/** What the person shows again. */
export interface ConfirmedBy {
  readonly password: string;
  readonly code: string;
  /** Serial number of the app; null takes the first. */
  readonly device: string | null;
}

/**
 * Checks the password again, and the code where the person has an app. Whoever has passkeys alone must use one: a password would be
 * one factor of two.
 * @throws Fault `access_denied`, the same for every reason
 */
export async function confirmPassword(
  { identity }: SignInSession,
  { password, code, device }: ConfirmedBy,
  facts: RequestFacts,
  deps: Deps,
): Promise<SignInProof> {
  const owner = factorOwnerOf(identity);
  if (owner === null || identity.type === 'federated') throw refused('the provider has the password');
  const { accountId } = identity;
  const nowSeconds = nowSecondsOf(facts);
  const { passkeys, virtualDevices } = await factorsOf(identity, deps);
  const whose = identity.type === 'root' ? { rootEmail: identity.email } : { userName: identity.userName };
  const verdict = await verifyPassword({ accountId, ...whose, password }, nowSeconds, deps);
  if (verdict.outcome === 'refused') throw refused(verdict.reason);
  const serialNumber = device ?? virtualDevices[0];
  if (serialNumber === undefined) {
    if (passkeys.length > 0) throw refused('a passkey is needed');
    return { amr: ['pwd'], mfa: false };
  }
  await verifyMfaCode({ accountId, owner, serialNumber, code }, nowSeconds, deps);
  return { amr: ['pwd', 'otp', 'mfa'], mfa: true };
}

const refused = (reason: string): Fault => new Fault('access_denied', 'not accepted', { reason });
