/**
 * A second signer on node:crypto, for what the SDK's signer never sends: chosen SignedHeaders, a Date header, other
 * spellings. It takes canonical path and query as they stand, so the tests give it ones that already are.
 */
import { createHash, createHmac } from 'node:crypto';
import { ACCESS_KEY_ID, SECRET, type TestRequest } from './sign.ts';

/** What differs from an ordinary signature. */
export interface ByHand {
  readonly accessKeyId?: string;
  readonly scope?: string;
  /** The date to sign, in basic form; the x-amz-date header where absent. */
  readonly amzDate?: string;
  /** Values to sign instead of the ones sent. */
  readonly values?: Readonly<Record<string, string>>;
  /** What stands between the fields. */
  readonly separator?: string;
}

/** Signs over the named headers and adds the Authorization header. */
export function signByHand(request: TestRequest, names: readonly string[], by: ByHand = {}): TestRequest {
  const amzDate = by.amzDate ?? request.headers['x-amz-date'] ?? '';
  const scope = by.scope ?? `${amzDate.slice(0, 8)}/us-east-1/sts/aws4_request`;
  const lines = names.map((name) => `${name}:${by.values?.[name] ?? request.headers[name] ?? ''}\n`).join('');
  const list = names.join(';');
  const canonical = [request.method, request.path, request.query, lines, list, sha256(request.body)].join(
    '\n',
  );
  const text = ['AWS4-HMAC-SHA256', amzDate, scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${SECRET}`);
  const fields = [
    `Credential=${by.accessKeyId ?? ACCESS_KEY_ID}/${scope}`,
    `SignedHeaders=${list}`,
    `Signature=${hmac(key, text).toString('hex')}`,
  ];
  const authorization = `AWS4-HMAC-SHA256 ${fields.join(by.separator ?? ', ')}`;
  return { ...request, headers: { ...request.headers, authorization } };
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
