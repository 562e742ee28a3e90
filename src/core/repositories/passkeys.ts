import type { SignInOwner } from '../sign-in/identity.ts';
import type { Passkey } from '../sign-in/passkey.ts';
import type { MakeEvent } from './change.ts';

/** The authenticators that an account accepts. */
export interface AttestationPolicy {
  readonly attestation: 'none' | 'required';
  /** Accepted models; empty for any. */
  readonly aaguids: readonly string[];
  /** PEM of the authorities that an attestation must lead to; empty where its signature alone is checked. */
  readonly rootCertificates: string;
}

/** Passkeys. Those of users and root are MFA devices as well: they come and go together. */
export interface Passkeys {
  /**
   * @throws Fault `entity_already_exists` for a credential that anybody of the account has registered, `limit_exceeded` past eight
   * MFA devices, `no_such_entity` where the user is gone
   */
  add(accountId: string, passkey: Passkey, event: MakeEvent): Promise<void>;
  /** @returns the passkey, whoever's it is; null where there is none, or where its MFA device was deactivated */
  find(accountId: string, credentialId: string): Promise<Passkey | null>;
  list(accountId: string, owner: SignInOwner): Promise<readonly Passkey[]>;
  /**
   * Notes a use.
   * @returns false where the counter has not grown: a copy of the key exists, or the same answer came twice
   */
  use(
    accountId: string,
    credentialId: string,
    use: { readonly counter: number; readonly atSeconds: number },
  ): Promise<boolean>;
  /** @throws Fault `no_such_entity` where it is not that person's */
  rename(
    accountId: string,
    owner: SignInOwner,
    credentialId: string,
    name: string,
    event: MakeEvent,
  ): Promise<void>;
  /** @throws Fault `no_such_entity` where it is not that person's */
  remove(accountId: string, owner: SignInOwner, credentialId: string, event: MakeEvent): Promise<void>;
  attestationPolicy(accountId: string): Promise<AttestationPolicy>;
  /** Replaces the one there was. */
  setAttestationPolicy(accountId: string, policy: AttestationPolicy, event: MakeEvent): Promise<void>;
}
