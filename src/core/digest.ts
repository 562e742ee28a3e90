import { toBase64Url, utf8 } from './bytes.ts';

/** SHA-256 of a text, base64url: what is stored of a secret that has entropy enough of its own. */
export async function digestOf(text: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))));
}
