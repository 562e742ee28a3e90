/** New passkeys with attestation statements, made as authenticators make them: the signatures are real, the makers are not. */
import 'reflect-metadata';
import { createHash, createSign, generateKeyPairSync, KeyObject, type webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, Extension } from '@peculiar/x509';
import { derOf, deviceCertificate, type Issued } from './certificates.ts';
import { coseKey } from './soft-key.ts';

/** Who vouches for the new key. */
export type Statement =
  | { readonly fmt: 'none' }
  /** As the first security keys did, which have no model. @see Web Authentication Level 3, section 8.6 */
  | { readonly fmt: 'fido-u2f'; readonly by: Issued }
  /** The key vouches for itself. */
  | { readonly fmt: 'packed'; readonly by: null }
  | {
      readonly fmt: 'packed';
      readonly by: Issued;
      /** Authorities between it and the root. */
      readonly chain?: readonly Issued[];
      /** The statement names a key that did not sign. */
      readonly forged?: boolean;
    };

export interface Registration {
  readonly challenge: string;
  readonly origin: string;
  readonly aaguid: string;
  readonly statement: Statement;
}

const AAGUID_EXTENSION = '1.3.6.1.4.1.45724.1.1.4';
/** UP, UV, attested credential data. */
const FLAGS = 0x45;

const bytesOfAaguid = (aaguid: string): Buffer => Buffer.from(aaguid.replaceAll('-', ''), 'hex');

/** A batch certificate as makers give one to a model. @see Web Authentication Level 3, section 8.2.1 */
export const attestationCertificate = (by: Issued, aaguid: string): Promise<Issued> =>
  deviceCertificate(by, {
    subject: 'C=SE, O=Example Keys, OU=Authenticator Attestation, CN=Example Key 1',
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new Extension(AAGUID_EXTENSION, false, Buffer.concat([Buffer.of(0x04, 16), bytesOfAaguid(aaguid)])),
    ],
  });

/** @returns the browser's answer as JSON text */
export function registrationAnswer(registration: Registration): string {
  const { challenge, origin, aaguid, statement } = registration;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const credentialId = Buffer.from(crypto.getRandomValues(new Uint8Array(16)));
  const counter = Buffer.alloc(4);
  const authData = Buffer.concat([
    hash('localhost'),
    Buffer.of(FLAGS),
    counter,
    bytesOfAaguid(aaguid),
    Buffer.of(0, credentialId.length),
    credentialId,
    coseKey(publicKey),
  ]);
  const client = { type: 'webauthn.create', challenge, origin, crossOrigin: false };
  const clientDataJSON = Buffer.from(JSON.stringify(client));
  const signed = Buffer.concat([authData, hash(clientDataJSON)]);
  const attestationObject = cbor({
    fmt: statement.fmt,
    attStmt:
      statement.fmt === 'fido-u2f'
        ? u2fStatement(statement.by, [
            hash('localhost'),
            hash(clientDataJSON),
            credentialId,
            pointOf(publicKey),
          ])
        : statementOf(statement, privateKey, signed),
    authData,
  });
  const id = credentialId.toString('base64url');
  return JSON.stringify({
    ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {} },
    response: {
      attestationObject: attestationObject.toString('base64url'),
      clientDataJSON: clientDataJSON.toString('base64url'),
      transports: ['usb'],
    },
  });
}

const ES256 = -7;

function u2fStatement(by: Issued, parts: readonly Buffer[]) {
  const signed = Buffer.concat([Buffer.of(0), ...parts]);
  return { sig: sign(nodeKey(by), signed), x5c: [derOf(by)] };
}

/** The uncompressed point of a key. @see SEC 1 section 2.3.3 */
function pointOf(publicKey: KeyObject): Buffer {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}

/** The same thing under Node's own name. */
const nodeKey = (by: Issued): KeyObject => KeyObject.from(by.keys.privateKey as webcrypto.CryptoKey);

function statementOf(statement: Exclude<Statement, { fmt: 'fido-u2f' }>, own: KeyObject, signed: Buffer) {
  if (statement.fmt === 'none') return {};
  if (statement.by === null) return { alg: ES256, sig: sign(own, signed) };
  const { by, chain = [], forged = false } = statement;
  const key = nodeKey(by);
  return { alg: ES256, sig: sign(forged ? own : key, signed), x5c: [by, ...chain].map(derOf) };
}

const sign = (key: KeyObject, bytes: Buffer): Buffer => createSign('sha256').update(bytes).sign(key);
const hash = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

type Cbor = string | number | Uint8Array | readonly Cbor[] | { readonly [name: string]: Cbor };

/** @see RFC 8949 section 3 */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  const members = Object.entries(value);
  return Buffer.concat([
    head(5, members.length),
    ...members.flatMap(([name, each]) => [cbor(name), cbor(each)]),
  ]);
}

function head(major: number, count: number): Buffer {
  if (count < 24) return Buffer.of((major << 5) | count);
  if (count < 256) return Buffer.of((major << 5) | 24, count);
  return Buffer.of((major << 5) | 25, count >> 8, count & 255);
}
