/** A passkey of a test's own: it signs whatever it is told to, which no authenticator would. */
import { createHash, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Daypass } from './daypass.ts';

/** What an answer says; what is absent is as it should be. */
export interface Assertion {
  readonly challenge: string;
  readonly clientData?: Readonly<Record<string, unknown>>;
  readonly rpId?: string;
  /** UP 1, UV 4, BE 8, BS 16. */
  readonly flags?: number;
  readonly counter?: number;
  readonly userHandle?: string;
}

export interface SoftKey {
  readonly credentialId: string;
  sign(assertion: Assertion): string;
}

const base64Url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

/** Makes a key and registers it for root, past the Worker. */
export async function softKeyOfRoot(daypass: Daypass): Promise<SoftKey> {
  const { accountId } = daypass.bootstrap;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = base64Url(crypto.getRandomValues(new Uint8Array(16)));
  const serial = `arn:aws:iam::${accountId}:u2f/root-account/${credentialId}`;
  await daypass.d1.batch([
    daypass.d1
      .prepare(
        "insert into mfa_devices (account_id, serial_key, serial_number, kind, owner_type, owner_id, drift_steps, tags, created_at_seconds) values (?, ?, ?, 'webauthn', 'root', ?, 0, '[]', 1)",
      )
      .bind(accountId, serial.toLowerCase(), serial, accountId),
    daypass.d1
      .prepare(
        "insert into webauthn_credentials (account_id, credential_id, serial_number, owner_type, owner_id, name, public_key, counter, transports, aaguid, backed_up, created_at_seconds) values (?, ?, ?, 'root', ?, 'soft', ?, 0, '[]', '', 0, 1)",
      )
      .bind(accountId, credentialId, serial, accountId, base64Url(coseKey(publicKey))),
  ]);
  await daypass.d1.batch(
    ['MFADevices', 'MFADevicesInUse'].map((name) =>
      daypass.d1
        .prepare(
          'insert into counters (account_id, name, value) values (?, ?, 1) on conflict do update set value = value + 1',
        )
        .bind(accountId, name),
    ),
  );
  const userHandle = `${accountId}:root:${accountId}`;
  return {
    credentialId,
    sign: (assertion) =>
      answer({
        ...assertion,
        credentialId,
        privateKey,
        daypass,
        userHandle: assertion.userHandle ?? userHandle,
      }),
  };
}

function answer(
  options: Assertion & {
    readonly credentialId: string;
    readonly privateKey: KeyObject;
    readonly daypass: Daypass;
    readonly userHandle: string;
  },
): string {
  const {
    challenge,
    rpId = 'localhost',
    flags = 5,
    counter = 1,
    credentialId,
    privateKey,
    daypass,
    userHandle,
  } = options;
  const client = {
    type: 'webauthn.get',
    challenge,
    origin: daypass.url,
    crossOrigin: false,
    ...options.clientData,
  };
  const clientDataJSON = Buffer.from(JSON.stringify(client));
  const counterBytes = Buffer.alloc(4);
  counterBytes.writeUInt32BE(counter);
  const hash = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest();
  const authenticatorData = Buffer.concat([hash(rpId), Buffer.of(flags), counterBytes]);
  const signature = createSign('sha256')
    .update(Buffer.concat([authenticatorData, hash(clientDataJSON)]))
    .sign(privateKey);
  return JSON.stringify({
    id: credentialId,
    rawId: credentialId,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      authenticatorData: base64Url(authenticatorData),
      clientDataJSON: base64Url(clientDataJSON),
      signature: base64Url(signature),
      userHandle: base64Url(userHandle),
    },
  });
}

/** The map {1: 2, 3: -7, -1: 1, -2: x, -3: y} in CBOR. @see RFC 9053 section 7.1.1 */
export function coseKey(publicKey: KeyObject): Uint8Array {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const head = Buffer.from('a5010203262001215820', 'hex');
  return Buffer.concat([
    head,
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]);
}
