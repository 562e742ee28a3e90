import type { IncomingMessage } from 'node:http';

const maxBodyBytes = 64 * 1024;

/**
 * Reads a small form body.
 * @throws Error when it is larger than 64 KiB
 */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxBodyBytes) throw new Error('the form is too large');
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
