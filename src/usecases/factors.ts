/** The second factors of a person who can sign in with a password. */
import type { FactorOwner } from '../core/mfa/device.ts';
import { ownerOf, type SignInIdentity } from '../core/sign-in/identity.ts';
import type { Passkey } from '../core/sign-in/passkey.ts';
import type { Deps } from './deps.ts';

export interface Factors {
  readonly passkeys: readonly Passkey[];
  /** Serial numbers of authenticator apps. */
  readonly virtualDevices: readonly string[];
  /** How many are left. */
  readonly recoveryCodes: number;
}

/** Virtual devices are IAM's: people from outside have none. */
export function factorOwnerOf(identity: SignInIdentity): FactorOwner | null {
  switch (identity.type) {
    case 'user':
      return { type: 'user', userId: identity.userId, userName: identity.userName };
    case 'root':
      return { type: 'root' };
    case 'federated':
      return null;
  }
}

export async function factorsOf(identity: SignInIdentity, deps: Deps): Promise<Factors> {
  const { accountId } = identity;
  const owner = factorOwnerOf(identity);
  const [passkeys, devices, recoveryCodes] = await Promise.all([
    deps.passkeys.list(accountId, ownerOf(identity)),
    owner === null ? [] : deps.mfaDevices.listOf(accountId, owner),
    deps.recoveryCodes.count(accountId, ownerOf(identity)),
  ]);
  const virtual = devices.filter(({ kind }) => kind === 'virtual');
  return { passkeys, virtualDevices: virtual.map(({ serialNumber }) => serialNumber), recoveryCodes };
}

/** Whether a password alone does not do. Recovery codes stand in for a factor; they are none. */
export const hasSecondFactor = ({ passkeys, virtualDevices }: Factors): boolean =>
  passkeys.length > 0 || virtualDevices.length > 0;
