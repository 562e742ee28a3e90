import { type Bytes, parseUtf8 } from '../../core/bytes.ts';
import { Fault } from '../../core/faults.ts';

/**
 * Reads a body once, under a cap that counts the bytes that arrive, whatever Content-Length says.
 * @throws Fault `request_too_large`
 */
export async function readBody(request: Request, maxBytes: number): Promise<Bytes> {
  const declared = Number(request.headers.get('content-length') ?? '0');
  if (declared > maxBytes) throw tooLarge(maxBytes);
  if (request.body === null) return new Uint8Array(0);
  if (declared > 0) return checked((await request.bytes()) as Bytes, maxBytes); // of a plain ArrayBuffer; measured far cheaper than arrayBuffer()
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return join(chunks, length);
}

/**
 * Reads a body that is text, under the same cap; what the runtime decodes itself costs least.
 * @returns the text without a byte order mark; null where the bytes are not UTF-8, or hold U+FFFD, which these become
 * @throws Fault `request_too_large`
 */
export async function readText(request: Request, maxBytes: number): Promise<string | null> {
  const declared = Number(request.headers.get('content-length') ?? '0');
  if (!(declared > 0 && declared <= maxBytes)) return parseUtf8(await readBody(request, maxBytes));
  const text = await request.text();
  if (text.length > maxBytes) throw tooLarge(maxBytes);
  return text.includes('\uFFFD') ? null : text;
}

/** A declared length bounds what the runtime hands on; the bytes are counted all the same. */
function checked(bytes: Bytes, maxBytes: number): Bytes {
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return bytes;
}

function join(chunks: readonly Uint8Array[], length: number): Bytes {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

const tooLarge = (maxBytes: number): Fault =>
  new Fault('request_too_large', `the body of the request is larger than ${maxBytes} bytes`);
