/** Requests that a client pushes beforehand, so that no browser can change them. @see RFC 9126 */
import { toBase64Url } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { digestOf } from '../core/digest.ts';
import type { Deps } from './deps.ts';
import { eventOf } from './record.ts';

const PREFIX = 'urn:ietf:params:oauth:request_uri:';
const SECRET_BYTES = 32;
/** A browser that is sent at once comes within seconds. */
export const PUSHED_SECONDS = 90;

interface ClientName {
  readonly accountId: string;
  readonly clientId: string;
}

/** @param parameters - checked already. @returns the `request_uri`, good once */
export async function keepPushedRequest(
  { accountId, clientId }: ClientName,
  parameters: ReadonlyMap<string, string>,
  facts: RequestFacts,
  deps: Deps,
): Promise<string> {
  const uri = `${PREFIX}${toBase64Url(deps.random.bytes(SECRET_BYTES))}`;
  const operation = {
    accountId,
    source: 'daypass.amazonaws.com',
    name: 'PushedAuthorizationRequest',
    identity: { type: 'Anonymous' as const },
    readOnly: false,
    parameters: { clientId, scope: parameters.get('scope') ?? null },
  };
  const expiresAtSeconds = nowSecondsOf(facts) + PUSHED_SECONDS;
  await deps.pushedRequests.keep(
    { accountId, clientId, parameters: withoutProof(parameters), expiresAtSeconds },
    await digestOf(uri),
    eventOf(operation, {}, facts, deps.random),
  );
  return uri;
}

/** How a client proved itself is nobody's to keep. */
const withoutProof = (parameters: ReadonlyMap<string, string>) =>
  [...parameters].filter(([name]) => !PROOFS.has(name));

const PROOFS: ReadonlySet<string> = new Set(['client_secret', 'client_assertion', 'client_assertion_type']);

/** Whether it is of our kind. Anything else is no pushed request, but an address that we do not fetch. */
export const isPushedUri = (uri: string): boolean => uri.startsWith(PREFIX);

/** @returns what the client pushed, once; null for a URI that is none of its own, used or late */
export async function takePushedRequest(
  uri: string,
  { accountId, clientId }: ClientName,
  nowSeconds: number,
  deps: Deps,
): Promise<ReadonlyMap<string, string> | null> {
  if (!isPushedUri(uri) || uri.length > 200) return null;
  const pushed = await deps.pushedRequests.take(accountId, clientId, await digestOf(uri), nowSeconds);
  return pushed === null ? null : new Map(pushed);
}
