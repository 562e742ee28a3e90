import { createHash, createHmac } from 'node:crypto';

export interface BenchCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface BenchRequest {
  readonly host: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}

/** Signs a POST with the headers that the AWS SDK for JavaScript signs. @returns the whole request, ready to write */
export function signedRequest(
  request: BenchRequest,
  credentials: BenchCredentials,
  now: Date,
  service = 'sts',
): string {
  const amzDate = now.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const scope = `${amzDate.slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const headers: Readonly<Record<string, string>> = {
    'amz-sdk-invocation-id': '7b5c29ce-66a5-4ae0-9bd8-3b4ee8a2f1c4',
    'amz-sdk-request': 'attempt=1; max=3',
    'content-length': String(Buffer.byteLength(request.body)),
    'content-type': request.contentType,
    host: request.host,
    'x-amz-content-sha256': sha256(request.body),
    'x-amz-date': amzDate,
    ...(credentials.sessionToken !== undefined && { 'x-amz-security-token': credentials.sessionToken }),
    'x-amz-user-agent': 'aws-sdk-js/3.1174.0',
  };
  const names = Object.keys(headers).join(';'); // written above in their order
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = `POST\n${request.path}\n\n${lines.join('')}\n${names}\n${headers['x-amz-content-sha256']}`;
  const toSign = `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${sha256(canonical)}`;
  const key = scope
    .split('/')
    .reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${credentials.secretAccessKey}`);
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${hmac(key, toSign).toString('hex')}`;
  return rawRequest(request, { ...headers, authorization });
}

/** @returns a POST as it stands on the wire */
export function plainRequest(request: BenchRequest): string {
  return rawRequest(request, {
    host: request.host,
    'content-type': request.contentType,
    'content-length': String(Buffer.byteLength(request.body)),
  });
}

function rawRequest({ path, body }: BenchRequest, headers: Readonly<Record<string, string>>): string {
  const all = { ...headers, 'user-agent': 'aws-sdk-js/3.1174.0 os/linux lang/js' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
