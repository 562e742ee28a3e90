/** Requests byte for byte as a test writes them, and a signer that can be told to sign wrongly. `fetch` would tidy both up. */
import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Credentials, Daypass } from './daypass.ts';

/** One request. `target` is path and query as they stand in the request line. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** True leaves Content-Length out, so that the body travels in chunks. */
  readonly chunked?: boolean;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** What a test may choose about a signature; the default is right in each respect. */
export interface SigningOptions {
  /** Default: the bootstrap administrator. */
  readonly credentials?: Credentials;
  readonly service?: string;
  readonly region?: string;
  readonly atSeconds?: number;
  /** `YYYYMMDD` of the credential scope. */
  readonly scopeDate?: string;
  /** Seconds that a presigned request lives. */
  readonly expiresSeconds?: number;
  /** Headers that are sent and not signed. */
  readonly unsigned?: readonly string[];
}

const FORM = 'application/x-www-form-urlencoded';

/** A form POST to the Query door, before signing. */
export const form = (
  parameters: Readonly<Record<string, string>>,
  over: Partial<RawRequest> = {},
): RawRequest => ({
  method: 'POST',
  target: '/',
  headers: { 'content-type': FORM },
  body: new URLSearchParams(parameters).toString(),
  ...over,
});

/** What every signed caller may ask. */
export const whoAmI = (over: Partial<RawRequest> = {}): RawRequest =>
  form({ Action: 'GetCallerIdentity', Version: '2011-06-15' }, over);

/** Sends a request as it is. */
export function send(
  daypass: Daypass,
  { method, target, headers, body, chunked }: RawRequest,
): Promise<RawAnswer> {
  const { port, host } = new URL(daypass.url);
  const bytes = Buffer.from(body);
  const framing =
    chunked === true ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(bytes.length) };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: '127.0.0.1', port, method, path: target, headers: { host, ...framing, ...headers } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        incoming.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

const adminOf = (daypass: Daypass): Credentials => daypass.bootstrap.admin;

/** Signs in the Authorization header. */
export function signed(daypass: Daypass, request: RawRequest, options: SigningOptions = {}): RawRequest {
  const { credentials = adminOf(daypass), unsigned = [] } = options;
  const amzDate = amzDateOf(options.atSeconds ?? daypass.nowSeconds());
  const headers: Record<string, string> = {
    host: new URL(daypass.url).host,
    'x-amz-date': amzDate,
    ...(credentials.sessionToken !== undefined && { 'x-amz-security-token': credentials.sessionToken }),
    ...request.headers,
  };
  const names = Object.keys(headers)
    .filter((name) => !unsigned.includes(name))
    .sort();
  const scope = scopeOf(amzDate, options);
  const signature = signatureOf({ request, headers, names, amzDate, scope, credentials });
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...request, headers: { ...headers, authorization } };
}

/** Signs in the query of a GET. */
export function presigned(daypass: Daypass, request: RawRequest, options: SigningOptions = {}): RawRequest {
  const { credentials = adminOf(daypass) } = options;
  const amzDate = amzDateOf(options.atSeconds ?? daypass.nowSeconds());
  const scope = scopeOf(amzDate, options);
  const headers = { host: new URL(daypass.url).host };
  const query: Record<string, string> = {
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': amzDate,
    'X-Amz-Expires': String(options.expiresSeconds ?? 60),
    'X-Amz-SignedHeaders': 'host',
    ...(credentials.sessionToken !== undefined && { 'X-Amz-Security-Token': credentials.sessionToken }),
  };
  const added = Object.entries(query).map(([name, value]) => `${strictly(name)}=${strictly(value)}`);
  const target = `${request.target}${request.target.includes('?') ? '&' : '?'}${added.join('&')}`;
  const all = { ...request, target, headers };
  const signature = signatureOf({ request: all, headers, names: ['host'], amzDate, scope, credentials });
  return { ...all, target: `${target}&X-Amz-Signature=${signature}` };
}

/** Signs and sends. */
export const call = (
  daypass: Daypass,
  request: RawRequest,
  options: SigningOptions = {},
): Promise<RawAnswer> => send(daypass, signed(daypass, request, options));

/** An error answer of the Query door; null members where it is none. */
export const errorOf = ({ status, text }: RawAnswer) => ({
  status,
  code: tag(text, 'Code'),
  type: tag(text, 'Type'),
  message: tag(text, 'Message'),
});

/** The text of the first element of a name, unescaped; null when there is none. */
export function tag(xml: string, name: string): string | null {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return found === undefined
    ? null
    : found.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, each) => ENTITIES[each] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** `YYYYMMDDTHHMMSSZ`. */
export const amzDateOf = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

const scopeOf = (
  amzDate: string,
  { service = 'sts', region = 'us-east-1', scopeDate }: SigningOptions,
): string => `${scopeDate ?? amzDate.slice(0, 8)}/${region}/${service}/aws4_request`;

interface SignatureInput {
  readonly request: RawRequest;
  readonly headers: Readonly<Record<string, string>>;
  readonly names: readonly string[];
  readonly amzDate: string;
  readonly scope: string;
  readonly credentials: Credentials;
}

function signatureOf({ request, headers, names, amzDate, scope, credentials }: SignatureInput): string {
  const [path = '/', query = ''] = request.target.split(/\?(.*)/s);
  const canonical = [
    request.method,
    path.split('/').map(strictly).join('/'),
    query.split('&').map(withEquals).sort().join('&'),
    ...names.map((name) => `${name}:${headers[name] ?? ''}`),
    '',
    names.join(';'),
    sha256(request.body),
  ];
  const toSign = ['AWS4-HMAC-SHA256', amzDate, scope, sha256(canonical.join('\n'))].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${credentials.secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

const withEquals = (pair: string): string => (pair === '' || pair.includes('=') ? pair : `${pair}=`);

const strictly = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
