/** Checks a password: the first factor of sign-in, and what a change of the password asks for. */
import type { FactorOwner } from '../core/mfa/device.ts';
import { MAX_PASSWORD_LENGTH } from '../core/passwords/check.ts';
import { RESET_PASSWORD_SECONDS, ROOT_RECOVERY_SECONDS } from '../core/passwords/rules.ts';
import type { Login, PasswordState } from '../core/repositories/login-profiles.ts';
import type { Deps } from './deps.ts';

/** A name and a password as typed; exactly one of the two names is given. */
export interface PasswordInput {
  readonly accountId: string;
  readonly userName?: string;
  readonly rootEmail?: string;
  readonly password: string;
}

/**
 * `change-required`: the password is right, and good for nothing but to set a new one. A refusal's reason is for the trail
 * alone: the person at the other end learns that the sign-in was refused, and nothing else.
 */
export type PasswordVerdict =
  | { readonly outcome: 'ok'; readonly owner: FactorOwner }
  | { readonly outcome: 'change-required'; readonly owner: FactorOwner }
  | {
      readonly outcome: 'refused';
      readonly reason: string;
      /** Whose password it would have been, for the trail too; null for a name that nobody has. */
      readonly known: Pick<PasswordState, 'owner' | 'arn'> | null;
    };

type PasswordDeps = Pick<Deps, 'loginProfiles' | 'passwords' | 'authenticationFailures'>;

/**
 * Ten wrong tries lock a password for half an hour, counted exactly however many come at once, over every spelling of the name
 * and every door that asks here. Root is locked likewise; its passkeys are not, and its recovery forgives. An unknown name, a
 * user without a password and a locked one cost the same work as a wrong password.
 * @throws Fault `service_unavailable` when the count cannot be kept
 */
export async function verifyPassword(
  input: PasswordInput,
  nowSeconds: number,
  deps: PasswordDeps,
): Promise<PasswordVerdict> {
  const { accountId, password } = input;
  // the same for everybody, so that it tells nothing; and nobody hashes megabytes
  if (password.length > 4 * MAX_PASSWORD_LENGTH) return refused('too long', null);
  const state = await deps.loginProfiles.findState(accountId, loginOf(input));
  const begun = await deps.authenticationFailures.begin(
    accountId,
    state?.owner ?? null,
    'password',
    nowSeconds,
  );
  const matches = await deps.passwords.verify(password, state?.passwordHash ?? null);
  if (state === null) return refused('no such user', null);
  if (state.passwordHash === null) return refused('no password', state);
  if (!begun) return refused('locked', state);
  if (state.disabled) return refused('disabled', state);
  if (!matches) return refused('wrong password', state);
  const standing = standingOf(state, nowSeconds);
  const { owner, passwordHash } = state;
  const rehash = deps.passwords.isCurrent(passwordHash)
    ? null
    : { before: passwordHash, passwordHash: await deps.passwords.hash(password) };
  await deps.loginProfiles.noteUse(accountId, owner, nowSeconds, rehash);
  return standing === 'expired' ? refused('expired', state) : { outcome: standing, owner };
}

/** How a right password stands: good, due to be changed, or of no use until an administrator sets another. */
function standingOf(state: PasswordState, nowSeconds: number): 'ok' | 'change-required' | 'expired' {
  const ageSeconds = nowSeconds - state.changedAtSeconds;
  const { maxAgeSeconds, hardExpiry } = state.rules;
  // what somebody else has chosen does not lie about for ever
  const resetSeconds = state.owner.type === 'root' ? ROOT_RECOVERY_SECONDS : RESET_PASSWORD_SECONDS;
  if (state.resetRequired) return ageSeconds > resetSeconds ? 'expired' : 'change-required';
  if (maxAgeSeconds === null || ageSeconds <= maxAgeSeconds) return 'ok';
  // root has no administrator to ask
  return hardExpiry && state.owner.type !== 'root' ? 'expired' : 'change-required';
}

/** Neither name: a user that nobody is. */
export const loginOf = ({ userName, rootEmail }: Pick<PasswordInput, 'userName' | 'rootEmail'>): Login =>
  rootEmail !== undefined ? { type: 'root', email: rootEmail } : { type: 'user', userName: userName ?? '' };

const refused = (reason: string, state: PasswordState | null): PasswordVerdict => ({
  outcome: 'refused',
  reason,
  known: state === null ? null : { owner: state.owner, arn: state.arn },
});
