/** Passkeys and security keys of a person. */
import type { SignInOwner } from './identity.ts';

export interface Passkey {
  /** As the authenticator names it, base64url. */
  readonly credentialId: string;
  /** The MFA device's ARN, as IAM lists it. */
  readonly serialNumber: string;
  readonly owner: SignInOwner;
  /** The person's own name for it. */
  readonly name: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  /** The authenticator's model; zeros where it does not say. */
  readonly aaguid: string;
  /** Whether it is synchronised between devices. */
  readonly backedUp: boolean;
  readonly createdAtSeconds: number;
  readonly lastUsedAtSeconds: number | null;
}

/** As IAM: passkeys, security keys and virtual devices together. */
export const MAX_MFA_DEVICES = 8;
export const MAX_PASSKEY_NAME = 64;
/** Random bytes of a serial number's last part. */
export const PASSKEY_SERIAL_BYTES = 15;

/**
 * The serial number of a passkey, in the form that IAM gives security keys.
 * @param id - random, base32
 */
export function passkeySerial(accountId: string, owner: SignInOwner, ownerName: string, id: string): string {
  switch (owner.type) {
    case 'user':
      return `arn:aws:iam::${accountId}:u2f/user/${ownerName}/${id}`;
    case 'root':
      return `arn:aws:iam::${accountId}:u2f/root-account/${id}`;
    case 'federated':
      return `arn:aws:iam::${accountId}:u2f/federated/${owner.id}/${id}`;
  }
}

/**
 * The user handle that an authenticator keeps with a passkey: it leads to the owner where nobody has typed a name, and says nothing
 * about a person. At most 64 bytes.
 * @see Web Authentication Level 3, section 4, "user handle"
 */
export const userHandleOf = (accountId: string, owner: SignInOwner): string =>
  `${accountId}:${owner.type}:${owner.id}`;

/** @returns account and owner; null for what `userHandleOf` did not write. It proves nothing: the passkey's row must agree */
export function parseUserHandle(
  handle: string,
): { readonly accountId: string; readonly owner: SignInOwner } | null {
  const [, accountId, type, id] = /^(\d{12}):(user|root|federated):([\w-]{1,43})$/.exec(handle) ?? [];
  if (accountId === undefined || id === undefined) return null;
  return { accountId, owner: { type: type as SignInOwner['type'], id } }; // one of the three that the pattern names
}

/** What one proved passkey says of its person. @see RFC 8176 section 2 */
export const passkeyAmr = (passkey: Pick<Passkey, 'backedUp'>, userVerified: boolean): readonly string[] => [
  passkey.backedUp ? 'swk' : 'hwk',
  'user',
  ...(userVerified ? ['mfa'] : []),
];
