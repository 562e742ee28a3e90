/**
 * What the broker is measured against: the same requests, the same cryptography with the same libraries, answers of about the
 * same size, and nothing else. No directory, no policies, no audit, no checks beyond what makes the cryptography real.
 */
import { Buffer } from 'node:buffer';
import { compactVerify, importJWK, type JWK, jwtVerify, SignJWT } from 'jose';

interface Env {
  /** What the bench knows and this Worker needs: public keys of issuer and broker, a signing key, secrets by access key id. */
  readonly KEYS: {
    readonly idTokenKey: JWK;
    readonly accessTokenKey: JWK;
    readonly signingKey: JWK;
    readonly secrets: Readonly<Record<string, string>>;
  };
}

interface Keys {
  readonly idToken: CryptoKey | Uint8Array;
  readonly accessToken: CryptoKey | Uint8Array;
  readonly signing: CryptoKey | Uint8Array;
  readonly derivation: CryptoKey;
  readonly secrets: ReadonlyMap<string, string>;
  readonly sigv4: Map<string, CryptoKey>;
}

const hex = (bytes: Uint8Array<ArrayBuffer>): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const TOKEN_INFO = encoder.encode('bare/token-key');
const SECRET_INFO = encoder.encode('bare/secret-access-key');
const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;

let held: Promise<Keys> | null = null;

async function importKeys({ KEYS }: Env): Promise<Keys> {
  return {
    idToken: await importJWK(KEYS.idTokenKey, 'RS256'),
    accessToken: await importJWK(KEYS.accessTokenKey, 'ES256'),
    signing: await importJWK(KEYS.signingKey, 'ES256'),
    derivation: await crypto.subtle.importKey('raw', new Uint8Array(32), 'HKDF', false, [
      'deriveBits',
      'deriveKey',
    ]),
    secrets: new Map(Object.entries(KEYS.secrets)),
    sigv4: new Map(),
  };
}

const random = (bytes: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(bytes));

/** Two derivations and one seal: what temporary AWS keys take. */
async function mint(keys: Keys, session: unknown) {
  const salt = random(42);
  const hkdf = (info: Uint8Array) => ({ name: 'HKDF', hash: 'SHA-256', salt, info });
  const [key, bits] = await Promise.all([
    crypto.subtle.deriveKey(hkdf(TOKEN_INFO), keys.derivation, { name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
    ]),
    crypto.subtle.deriveBits(hkdf(SECRET_INFO), keys.derivation, 240),
  ]);
  const plain = encoder.encode(JSON.stringify(session));
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, plain),
  );
  const token = new Uint8Array(salt.length + sealed.length);
  token.set(salt);
  token.set(sealed, salt.length);
  return {
    accessKeyId: `ASIA${hex(salt.subarray(0, 8)).toUpperCase()}`,
    secret: Buffer.from(bits).toString('base64'),
    token: Buffer.from(token.buffer).toString('base64url'),
  };
}

async function verifyIdToken(keys: Keys, token: string): Promise<Record<string, unknown>> {
  const { payload } = await compactVerify(token, keys.idToken, { algorithms: ['RS256'] });
  return JSON.parse(decoder.decode(payload));
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=(\w+)\/((\d+)\/([\w-]+)\/(\w+)\/aws4_request), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/;

/** Signature Version 4 over the request as it came. @returns the access key id */
async function verifySigV4(request: Request, payload: ArrayBuffer, keys: Keys): Promise<string> {
  const { headers } = request;
  const found = AUTHORIZATION.exec(headers.get('authorization') ?? '');
  if (found === null) throw new Error('unsigned');
  const [, id = '', scope = '', date = '', region = '', service = '', names = '', signature = ''] = found;
  const payloadHash = await sha256(payload);
  if (headers.get('x-amz-content-sha256') !== payloadHash) throw new Error('payload');
  const lines = names.split(';').map((name) => `${name}:${headers.get(name)?.trim().replace(/\s+/g, ' ')}\n`);
  const { pathname } = new URL(request.url);
  const canonical = `${request.method}\n${pathname}\n\n${lines.join('')}\n${names}\n${payloadHash}`;
  const hash = await sha256(encoder.encode(canonical));
  const text = `AWS4-HMAC-SHA256\n${headers.get('x-amz-date')}\n${scope}\n${hash}`;
  const key = await sigV4Key(keys, id, [date, region, service, 'aws4_request']);
  const wanted = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
  if (hex(wanted) !== signature) throw new Error('signature');
  return id;
}

const sha256 = async (bytes: BufferSource): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));

async function sigV4Key(keys: Keys, id: string, scope: readonly string[]): Promise<CryptoKey> {
  const kept = keys.sigv4.get(id);
  if (kept !== undefined) return kept;
  const importKey = (raw: BufferSource) => crypto.subtle.importKey('raw', raw, HMAC, false, ['sign']);
  let key = await importKey(encoder.encode(`AWS4${keys.secrets.get(id)}`));
  for (const part of scope)
    key = await importKey(await crypto.subtle.sign('HMAC', key, encoder.encode(part)));
  keys.sigv4.set(id, key);
  return key;
}

const xml = (action: string, result: string): Response =>
  new Response(
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>${crypto.randomUUID()}</RequestId></ResponseMetadata></${action}Response>`,
    { headers: { 'content-type': 'text/xml', 'cache-control': 'no-store' } },
  );

async function credentialsXml(keys: Keys, session: unknown): Promise<string> {
  const { accessKeyId, secret, token } = await mint(keys, session);
  return `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey><SessionToken>${token}</SessionToken><Expiration>${new Date().toISOString()}</Expiration></Credentials>`;
}

const sessionOf = (form: URLSearchParams, subject: unknown) => ({
  s: 'ses_0123456789012345678901',
  a: '111122223333',
  r: ['AROA1234567890ABCDEF', form.get('RoleArn') ?? form.get('resource'), form.get('RoleSessionName')],
  t: 1_800_000_000,
  e: 1_800_003_600,
  f: ['arn:aws:iam::111122223333:oidc-provider/localhost:8788', 'localhost:8788', 'bench', subject],
});

type Operation = (request: Request, keys: Keys) => Promise<Response>;

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  [
    '/web-identity',
    async (request, keys) => {
      const form = new URLSearchParams(await request.text());
      const { sub } = await verifyIdToken(keys, form.get('WebIdentityToken') ?? '');
      const credentials = await credentialsXml(keys, sessionOf(form, sub));
      return xml(
        'AssumeRoleWithWebIdentity',
        `${credentials}<SubjectFromWebIdentityToken>${sub}</SubjectFromWebIdentityToken><AssumedRoleUser><Arn>${form.get('RoleArn')}</Arn></AssumedRoleUser>`,
      );
    },
  ],
  [
    '/assume-role',
    async (request, keys) => {
      const payload = await request.arrayBuffer();
      const id = await verifySigV4(request, payload, keys);
      const form = new URLSearchParams(decoder.decode(payload));
      const credentials = await credentialsXml(keys, sessionOf(form, id));
      return xml(
        'AssumeRole',
        `${credentials}<AssumedRoleUser><Arn>${form.get('RoleArn')}</Arn></AssumedRoleUser>`,
      );
    },
  ],
  [
    '/identity',
    async (request, keys) => {
      const payload = await request.arrayBuffer();
      const id = await verifySigV4(request, payload, keys);
      const action = new URLSearchParams(decoder.decode(payload)).get('Action');
      return xml(
        `${action}`,
        `<Arn>arn:aws:sts::111122223333:assumed-role/bench/${id}</Arn><UserId>${id}</UserId><Account>111122223333</Account>`,
      );
    },
  ],
  [
    '/exchange',
    async (request, keys) => {
      const form = new URLSearchParams(await request.text());
      const { sub } = await verifyIdToken(keys, form.get('subject_token') ?? '');
      const token = await new SignJWT({
        iss: 'http://localhost:8787',
        aud: 'http://localhost:8787',
        client_id: 'bench',
        sub: `fed_${sub}_0123456789012345678901`,
        jti: Buffer.from(random(32).buffer).toString('base64url'),
        iat: 1_800_000_000,
        exp: 1_800_003_600,
        daypass: {
          account: '111122223333',
          arn: form.get('resource'),
          session: 'ses_0123456789012345678901',
        },
        'urn:daypass:session': sessionOf(form, sub),
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'bare' })
        .sign(keys.signing);
      return Response.json({ access_token: token, token_type: 'Bearer', expires_in: 3600 });
    },
  ],
  [
    '/check',
    async (request, keys) => {
      const question = await request.json<{ subject: { id: string } }>();
      const { payload } = await jwtVerify(question.subject.id, keys.accessToken, {
        algorithms: ['ES256'],
        typ: 'at+jwt',
        requiredClaims: ['exp', 'iat', 'jti', 'sub', 'aud'],
      });
      return Response.json({
        decision: payload.sub !== undefined,
        context: { reason_user: { en: 's3:GetObject on arn:aws:s3:::reports/2026/q1.csv is allowed' } },
      });
    },
  ],
]);

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    held ??= importKeys(env);
    const operation = OPERATIONS.get(new URL(request.url).pathname);
    return operation === undefined ? new Response('?', { status: 404 }) : operation(request, await held);
  },
};
