import { parseBase64Url, parseUtf8 } from '../../../core/bytes.ts';
import { Fault } from '../../../core/faults.ts';
import type { ClientAuthentication } from './method.ts';

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;

/** Id and secret in the Authorization header, each form-encoded before they are joined. @see RFC 6749 section 2.3.1 */
export const clientSecretBasic: ClientAuthentication = {
  name: 'client_secret_basic',
  read: (request) => {
    const header = request.headers.get('authorization');
    if (header === null || !/^Basic\b/i.test(header)) return null;
    const bytes = parseBase64Url(base64UrlOf(BASIC.exec(header)?.[1] ?? ''));
    const text = bytes === null ? null : parseUtf8(bytes);
    const colon = text?.indexOf(':') ?? -1;
    if (text === null || colon < 1) throw new Fault('invalid_client', 'client authentication failed');
    const [clientId, proof] = [formDecode(text.slice(0, colon)), formDecode(text.slice(colon + 1))];
    return { method: 'client_secret_basic', clientId, proof };
  },
};

/** @throws Fault `invalid_client` for what is not form-encoded */
function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Fault('invalid_client', 'client authentication failed');
  }
}

const base64UrlOf = (base64: string): string =>
  base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
