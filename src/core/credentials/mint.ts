/** Mints the AWS form of a session: access key id, secret access key, session token. Nothing is stored. */

import { type Bytes, parseHex } from '../bytes.ts';
import { ACCESS_KEY_ID_RANDOM_BYTES, accessKeyId } from '../ids.ts';
import { failure, type Result, success } from '../result.ts';
import { deriveSecretAccessKey } from './derive.ts';
import { MAX_SESSION_TOKEN_BYTES } from './limits.ts';
import type { Session } from './session.ts';
import { CREDENTIAL_ID_BYTES, sealSessionToken, type TokenSealingKey } from './session-token.ts';

/** How many random bytes one credential takes. */
export const MINT_RANDOM_BYTES = CREDENTIAL_ID_BYTES + ACCESS_KEY_ID_RANDOM_BYTES;

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAtSeconds: number;
  /** Size of the session token, and what share of the 4,096 bytes it takes, rounded up. */
  readonly tokenBytes: number;
  readonly tokenPercent: number;
}

export type MintFailure = { readonly why: 'too_large'; readonly bytes: number };

/**
 * @param session - what the credential is for
 * @param key - the active sealing key of the keyring
 * @param entropy - `MINT_RANDOM_BYTES` fresh random bytes: the credential's id and the key id's tail
 * @param minimumTokenBytes - a smaller session token is made as long as this
 * @returns the credential, or `too_large` when the session does not fit a token (PackedPolicyTooLarge)
 */
export async function mintAwsCredentials(input: {
  readonly session: Session;
  readonly key: TokenSealingKey;
  readonly entropy: Bytes;
  readonly minimumTokenBytes?: number;
}): Promise<Result<AwsCredentials, MintFailure>> {
  const { session, key, entropy, minimumTokenBytes = 0 } = input;
  const credentialId = entropy.slice(0, CREDENTIAL_ID_BYTES);
  const id = accessKeyId('ASIA', session.accountId, entropy.subarray(CREDENTIAL_ID_BYTES, MINT_RANDOM_BYTES));
  const keyIdBytes = parseHex(key.keyId);
  if (keyIdBytes === null) throw new Error('a sealing key has an id that is not hexadecimal');
  const [token, secretAccessKey] = await Promise.all([
    sealSessionToken({
      session,
      accessKeyId: id,
      credentialId,
      keyIdBytes,
      base: key.base,
      minimumTokenBytes,
    }),
    deriveSecretAccessKey(key.base, credentialId),
  ]);
  if (!token.ok) return failure(token.failure);
  return success({
    accessKeyId: id,
    secretAccessKey,
    sessionToken: token.value,
    expiresAtSeconds: session.expiresAtSeconds,
    tokenBytes: token.value.length,
    tokenPercent: Math.ceil((token.value.length / MAX_SESSION_TOKEN_BYTES) * 100),
  });
}
