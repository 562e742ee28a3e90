import type { Bytes } from '../bytes.ts';

/** Raw DEFLATE of a few kilobytes. @see RFC 1951 */
export const deflate = (bytes: Bytes): Promise<Bytes> => pipe(bytes, new CompressionStream('deflate-raw'));

/** The reverse. Only for bytes that are already authenticated: there is no limit on what they grow to. */
export const inflate = (bytes: Bytes): Promise<Bytes> => pipe(bytes, new DecompressionStream('deflate-raw'));

async function pipe(bytes: Bytes, stream: CompressionStream | DecompressionStream): Promise<Bytes> {
  const piped = new Blob([bytes]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(piped).arrayBuffer());
}
