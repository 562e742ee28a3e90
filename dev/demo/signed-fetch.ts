import { createHash, createHmac } from 'node:crypto';

/** A request signed with SigV4 for service `daypass`, as `curl --aws-sigv4 aws:amz:us-east-1:daypass` sends it. */
export function signedFetch(
  url: string,
  body: string,
  credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  },
  method: 'POST' | 'GET' = 'POST',
  signedAt = new Date(),
  contentType = 'application/json',
): Promise<Response> {
  const { host, pathname, searchParams } = new URL(url);
  const amzDate = signedAt.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const scope = `${amzDate.slice(0, 8)}/us-east-1/daypass/aws4_request`;
  const { sessionToken } = credentials;
  const ofSession = sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken };
  const signed = Object.entries({ host, 'x-amz-date': amzDate, ...ofSession });
  const signedHeaders = signed.map(([name]) => name).join(';');
  const canonical = [
    method,
    pathname,
    canonicalQuery(searchParams),
    ...signed.map(([name, value]) => `${name}:${value}`),
    '',
    signedHeaders,
    sha256(body),
  ];
  const toSign = ['AWS4-HMAC-SHA256', amzDate, scope, sha256(canonical.join('\n'))].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(key, toSign).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  const headers = {
    'content-type': contentType,
    'x-amz-date': amzDate,
    ...ofSession,
    authorization,
  };
  return fetch(url, { method, headers, ...(method === 'POST' && { body }) });
}

/** Sorted and strictly encoded. */
function canonicalQuery(parameters: URLSearchParams): string {
  const encode = (text: string): string =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return [...parameters]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
