/**
 * The one header that is not what its sender signed: Cloudflare, and miniflare like it, rewrite `accept-encoding` on the
 * way to a Worker, and some versions of the Go SDK sign it. For them the values that those SDKs send are tried besides
 * the one that arrived. It cannot help a forger: the signature must still fit one of them, and nothing reads the header.
 */
import type { SignedRequest } from './signed-request.ts';

const HEADER = 'accept-encoding';
const SENT_BY_SDKS = ['identity', 'gzip', 'gzip, deflate, br'];

/**
 * Lists under which header values a signature may fit.
 * @returns the request as it arrived, and only where `accept-encoding` is signed, three replacements after it
 */
export function headerVariants(signed: SignedRequest): readonly ReadonlyMap<string, string>[] {
  if (!signed.signedHeaders.includes(HEADER)) return AS_ARRIVED;
  return [...AS_ARRIVED, ...REWRITTEN];
}

const AS_ARRIVED: readonly ReadonlyMap<string, string>[] = [new Map()];
const REWRITTEN = SENT_BY_SDKS.map((value) => new Map([[HEADER, value]]));
