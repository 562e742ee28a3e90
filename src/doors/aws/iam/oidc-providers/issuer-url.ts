import { Fault } from '../../../../core/faults.ts';

/**
 * Checks the URL of a provider. It is kept exactly as given: a trailing slash is part of what tokens must carry as `iss`.
 * @param mode - local mode alone trusts an issuer on this machine without TLS
 * @throws Fault `validation_error`
 */
export function requireIssuerUrl(text: string, mode: 'production' | 'local'): string {
  const url = URL.parse(text);
  if (url === null || /[^\u0021-\u007e]|[?#]/.test(text) || url.username !== '' || url.password !== '') {
    throw new Fault('validation_error', 'Invalid Open ID Connect Provider URL');
  }
  const isLocal =
    mode === 'local' && url.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname);
  if (!isLocal && !text.startsWith('https://')) {
    throw new Fault('validation_error', 'Invalid Open ID Connect Provider URL: it must begin with https://');
  }
  const meant = REGISTERED_AS.get(url.hostname);
  if (meant !== undefined) {
    throw new Fault(
      'validation_error',
      `Invalid Open ID Connect Provider URL: register ${meant}, which stands for all tokens of this provider`,
    );
  }
  return text;
}

/** Hosts of built-in providers that are registered under another name, the one that policies know. */
const REGISTERED_AS: ReadonlyMap<string, string> = new Map([
  ['www.facebook.com', 'https://graph.facebook.com'],
  ['limited.facebook.com', 'https://graph.facebook.com'],
]);
