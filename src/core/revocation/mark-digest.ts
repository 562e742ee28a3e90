import { toBase64Url, utf8 } from '../bytes.ts';
import type { Mark } from './marks.ts';

const DIGEST_BYTES = 16;

/**
 * A mark as access tokens and the revocation feed carry it: who reads both can compare, and learns no name, subject or tag.
 * @returns the first 16 bytes of SHA-256 over account, colon and mark, base64url
 */
export async function digestMark(accountId: string, mark: Mark): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', utf8(`${accountId}:${mark}`));
  return toBase64Url(new Uint8Array(digest).subarray(0, DIGEST_BYTES));
}
