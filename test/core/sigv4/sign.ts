/** Signs requests with the AWS SDK's own signer, so that the verifier is never measured against itself. */
import { SignatureV4 } from '@smithy/signature-v4';
import { type Bytes, utf8 } from '../../../src/core/bytes.ts';
import { parseSignedRequest } from '../../../src/core/sigv4/parse.ts';
import type { RequestHead, SignedRequest } from '../../../src/core/sigv4/signed-request.ts';
import { deriveSigningKey } from '../../../src/core/sigv4/signing-key.ts';
import { verifySignature } from '../../../src/core/sigv4/verify.ts';
import { Sha256 } from '../../helpers/sha256.ts';

export const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
export const ACCESS_KEY_ID = 'AKIAQFZVGZ6OIZKW2P4A';
/** 2026-11-24T12:00:00Z */
export const NOW = 1_795_521_600;

/** A request as a test builds and bends it. */
export interface TestRequest {
  method: string;
  path: string;
  query: string;
  headers: Record<string, string>;
  body: Bytes;
}

/** What a test may choose about the signature. */
export interface SignOptions {
  readonly service?: string;
  readonly region?: string;
  readonly atSeconds?: number;
  readonly sessionToken?: string;
  readonly expiresIn?: number;
  readonly secret?: string;
}

const BODY = 'Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fx';

/** A POST as an SDK sends it, before signing. */
export const post = (changes: Partial<TestRequest> = {}): TestRequest => ({
  method: 'POST',
  path: '/',
  query: '',
  headers: { host: 'localhost:8787', 'content-type': 'application/x-www-form-urlencoded' },
  body: utf8(BODY),
  ...changes,
});

/** A GET, before signing. */
export const get = (query: string): TestRequest =>
  post({ method: 'GET', query, headers: { host: 'localhost:8787' }, body: utf8('') });

const signer = (options: SignOptions) =>
  new SignatureV4({
    service: options.service ?? 'sts',
    region: options.region ?? 'us-east-1',
    sha256: Sha256,
    credentials: {
      accessKeyId: ACCESS_KEY_ID,
      secretAccessKey: options.secret ?? SECRET,
      ...(options.sessionToken === undefined ? {} : { sessionToken: options.sessionToken }),
    },
  });

const toSdk = ({ method, path, query, headers, body }: TestRequest) => ({
  method,
  protocol: 'http:',
  hostname: 'localhost',
  path,
  query: sdkQuery(query),
  headers,
  body: body.length === 0 ? undefined : body,
});

const sdkQuery = (query: string): Record<string, string | string[]> => {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries(Array.from(parameters.keys(), (name) => [name, parameters.getAll(name)]));
};

/** Signs in the Authorization header. */
export async function sign(request: TestRequest, options: SignOptions = {}): Promise<TestRequest> {
  const signingDate = new Date((options.atSeconds ?? NOW) * 1000);
  const signed = await signer(options).sign(toSdk(request), { signingDate });
  return { ...request, headers: { ...signed.headers } };
}

/** Signs in the query. */
export async function presign(request: TestRequest, options: SignOptions = {}): Promise<TestRequest> {
  const signingDate = new Date((options.atSeconds ?? NOW) * 1000);
  const signed = await signer(options).presign(toSdk(request), {
    signingDate,
    expiresIn: options.expiresIn ?? 60,
  });
  const query = Object.entries(signed.query ?? {})
    .flatMap(([name, value]) =>
      [value ?? ''].flat().map((one) => `${escapeStrictly(name)}=${escapeStrictly(one)}`),
    )
    .join('&');
  return { ...request, query, headers: { ...signed.headers } };
}

const escapeStrictly = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The head as the parser takes it. */
export const headOf = ({ method, path, query, headers }: TestRequest): RequestHead => ({
  method,
  path,
  query,
  headers: Object.entries(headers),
});

/** What a test may choose about the verification. */
export interface VerifyOptions {
  readonly nowSeconds?: number;
  readonly skewSeconds?: number;
  readonly services?: readonly string[];
  readonly secret?: string;
}

/** Parses and verifies. @returns `ok`, or the reason of the refusal */
export async function outcome(request: TestRequest, options: VerifyOptions = {}): Promise<string> {
  const parsed = parseSignedRequest(headOf(request));
  if (!parsed.ok) return parsed.failure.why;
  // the id itself is not signed: it only chooses the secret, as the caller's lookup does
  if (parsed.value.accessKeyId !== ACCESS_KEY_ID) return 'unknown-key';
  const verified = await verify(parsed.value, request.body, options);
  return verified.ok ? 'ok' : verified.failure.why;
}

/** Verifies a parsed request, with the key that the options or this file name. */
export async function verify(signed: SignedRequest, payload: Bytes, options: VerifyOptions = {}) {
  return verifySignature({
    signed,
    payload,
    nowSeconds: options.nowSeconds ?? NOW,
    ...(options.skewSeconds === undefined ? {} : { skewSeconds: options.skewSeconds }),
    services: options.services ?? ['sts'],
    signingKey: await deriveSigningKey(options.secret ?? SECRET, signed.scope),
  });
}
