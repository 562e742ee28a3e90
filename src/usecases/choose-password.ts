/** Takes a new password, or says why not. */
import { Fault } from '../core/faults.ts';
import { normalizePassword, refusePassword } from '../core/passwords/check.ts';
import type { MakeEvent } from '../core/repositories/change.ts';
import type { PasswordState } from '../core/repositories/login-profiles.ts';
import type { Deps } from './deps.ts';
import { loginOf, type PasswordInput, verifyPassword } from './verify-password.ts';

/**
 * Checks a new password by the rules that hold for its owner, and hashes it.
 * @returns its hash, under the salt of the hashes before it
 * @throws Fault `password_policy_violation`: too short, too common, one used before …
 */
export async function choosePassword(
  state: PasswordState,
  password: string,
  { passwords }: Pick<Deps, 'passwords'>,
): Promise<string> {
  const why = refusePassword(password, state.rules, state.words);
  if (why !== null) throw violation(why);
  const normal = normalizePassword(password);
  const { passwordHash, history, rules } = state;
  const earlier = history.slice(0, rules.remembered);
  const known = passwordHash === null ? earlier : [passwordHash, ...earlier];
  if (await passwords.matchesAny(normal, known))
    throw violation('Password was used before and cannot be used again');
  return passwords.hash(normal, known[0]);
}

export interface ChangeInput extends PasswordInput {
  readonly newPassword: string;
}

/**
 * The owner's own change, which needs the present password. Whether the owner may change it is the caller's question; who has
 * to change it, may.
 * @throws Fault `access_denied` for a wrong old password, locked or expired ones included; `password_policy_violation`;
 * `concurrent_modification` where it was changed meanwhile
 */
export async function changePassword(
  input: ChangeInput,
  nowSeconds: number,
  deps: Pick<Deps, 'loginProfiles' | 'passwords' | 'authenticationFailures'>,
  event: MakeEvent,
): Promise<void> {
  const verdict = await verifyPassword(input, nowSeconds, deps);
  if (verdict.outcome === 'refused') throw wrongOldPassword(verdict.reason);
  const state = await deps.loginProfiles.findState(input.accountId, loginOf(input));
  if (state === null || state.passwordHash === null) throw wrongOldPassword('gone meanwhile');
  const passwordHash = await choosePassword(state, input.newPassword, deps);
  await deps.loginProfiles.replace(input.accountId, state.owner, state.passwordHash, passwordHash, event);
}

const violation = (message: string): Fault => new Fault('password_policy_violation', message);

const wrongOldPassword = (reason: string): Fault =>
  new Fault('access_denied', 'The old password is not accepted', { reason });
