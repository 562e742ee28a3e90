import type { ServerResponse } from 'node:http';
import type { JWTPayload } from 'jose';
import { signIdToken } from '../../dev/peers/oidc/id-token.ts';
import { makeKeys, type SigningAlgorithm, type SigningKey } from '../../dev/peers/oidc/keys.ts';
import { startOidcServer } from '../../dev/peers/oidc/server.ts';

/** The ways in which a provider can fail its relying party. */
export type ProviderFault =
  /** Breaks the connection off. */
  | 'down'
  /** Answers correctly, three seconds late. */
  | 'slow'
  /** Takes the request and never answers. */
  | 'hang'
  /** 500. */
  | 'error'
  /** 200 and JSON's media type, but not JSON. */
  | 'garbage'
  /** Sends on to another address. */
  | 'redirect'
  /** 16 MiB of well-formed JSON. */
  | 'huge';

export interface SignOptions {
  /** Default RS256. */
  readonly alg?: SigningAlgorithm;
  /** Laid over `alg` and `kid` in the protected header. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Another key than the issuer's own. */
  readonly key?: SigningKey;
}

/** A real `oidc-provider` on a free port, which tests can make fail. */
export interface TestIssuer {
  readonly issuer: string;
  /** `http://localhost:PORT`; differs from `issuer` where that was given. */
  readonly url: string;
  /** The keys that it publishes now. */
  readonly keys: () => readonly SigningKey[];
  /** Signs an ID token: `iss`, `iat` and `exp` (one hour) are there unless given; `undefined` takes a claim away. */
  signIdToken(claims: JWTPayload, options?: SignOptions): Promise<string>;
  /** Replaces all keys by fresh ones. @returns the keys of before, to sign stale tokens with */
  rotateKeys(): Promise<readonly SigningKey[]>;
  /** Fails from now on, on all paths or on those that begin with one; null ends it. */
  fail(fault: ProviderFault | null, onPath?: string): void;
  /** How often a path was asked for, faults included; without a path, how often any was. */
  hits(path?: string): number;
  stop(): Promise<void>;
}

/** Starts a stand-in issuer. @param issuer - what it calls itself, when not its own address */
export async function startOidcProvider(options: { readonly issuer?: string } = {}): Promise<TestIssuer> {
  let keys = await makeKeys();
  let fault: { readonly kind: ProviderFault; readonly onPath: string } | null = null;
  const hits = new Map<string, number>();

  const server = await startOidcServer({
    ...options,
    port: 0,
    keys,
    intercept: (request, response, next) => {
      const path = request.url?.split('?')[0] ?? '/';
      hits.set(path, (hits.get(path) ?? 0) + 1);
      if (fault === null || !path.startsWith(fault.onPath)) next();
      else actOut(fault.kind, response, next);
    },
  });

  return {
    issuer: server.issuer,
    url: `http://localhost:${server.port}`,
    keys: () => keys,
    signIdToken: (claims, { alg = 'RS256', header = {}, key } = {}) => {
      const nowSeconds = Math.floor(Date.now() / 1000);
      const all = { iss: server.issuer, iat: nowSeconds, exp: nowSeconds + 3600, ...claims };
      return signIdToken(key ?? requireKey(keys, alg), all, header);
    },
    rotateKeys: async () => {
      const before = keys;
      keys = await makeKeys();
      server.setKeys(keys);
      return before;
    },
    fail: (kind, onPath = '/') => {
      fault = kind === null ? null : { kind, onPath };
    },
    hits: (path) =>
      path === undefined ? [...hits.values()].reduce((sum, count) => sum + count, 0) : (hits.get(path) ?? 0),
    stop: server.stop,
  };
}

/**
 * Puts a token together from parts, signed or not: what no honest library would make.
 * @param signature - bytes, or the text of the third part
 */
export function assembleToken(header: object, claims: object, signature: string | Uint8Array = ''): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const last = typeof signature === 'string' ? signature : Buffer.from(signature).toString('base64url');
  return `${encode(header)}.${encode(claims)}.${last}`;
}

const slowMilliseconds = 3000;
const hugeBytes = 16 * 1024 * 1024;

export function actOut(fault: ProviderFault, response: ServerResponse, next: () => void): void {
  const json = { 'content-type': 'application/json' };
  switch (fault) {
    case 'down':
      response.destroy();
      return;
    case 'slow':
      setTimeout(next, slowMilliseconds);
      return;
    case 'hang':
      return; // the connection stays open until the other side gives up or `stop` closes it
    case 'error':
      response.writeHead(500, json).end('{"error":"server_error"}');
      return;
    case 'garbage':
      response.writeHead(200, json).end('<html>no JSON here</html>');
      return;
    case 'redirect':
      response.writeHead(302, { location: 'http://localhost:1/elsewhere' }).end();
      return;
    case 'huge':
      response.writeHead(200, json).end(JSON.stringify({ padding: 'x'.repeat(hugeBytes) }));
      return;
  }
}

function requireKey(keys: readonly SigningKey[], alg: SigningAlgorithm): SigningKey {
  const key = keys.find((each) => each.alg === alg);
  if (key === undefined) throw new Error(`the issuer has no key for ${alg}`);
  return key;
}
