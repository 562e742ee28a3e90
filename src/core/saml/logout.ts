/** Logout requests by redirect, and our answer. @see SAML 2.0 Core, section 3.7; SAML 2.0 Bindings, section 3.4.4.1 */
import { type Bytes, concatBytes, parseUtf8 } from '../bytes.ts';
import { failure, type Result, success } from '../result.ts';
import { formatIso } from '../time.ts';
import { issuerOf } from './assertion.ts';
import { SKEW_SECONDS } from './check-profile.ts';
import type { SamlCryptography } from './cryptography.ts';
import { parseBase64 } from './decrypt.ts';
import { malformed, type SamlFailure } from './failure.ts';
import { parseInstant } from './instant.ts';
import { isSignatureMethod } from './signature-shape.ts';
import { parseXml } from './xml.ts';
import { attributeOf, isNamed, NS, onlyChild, textOf } from './xml-query.ts';
import { escapeXmlText } from './xml-text.ts';

export interface LogoutRequest {
  readonly id: string;
  readonly nameId: string;
}

export interface LogoutExpectation {
  readonly issuer: string;
  /** Our logout address. */
  readonly destination: string;
  readonly certificates: readonly string[];
  readonly cryptography: SamlCryptography;
  readonly nowSeconds: number;
}

const ID = /^[A-Za-z_][\w.-]{0,255}$/;
const MAX_AGE_SECONDS = 300;
const MAX_INFLATED_BYTES = 64 * 1024;

/**
 * Verifies a request as it stands in the query: what is signed are the parameters as they were sent, letter by letter.
 * @param query - without its `?`
 */
export async function verifyLogoutRequest(
  query: string,
  expected: LogoutExpectation,
): Promise<Result<LogoutRequest, SamlFailure>> {
  const raw = rawParameters(query);
  const [message, method, value] = ['SAMLRequest', 'SigAlg', 'Signature'].map((name) =>
    decode(raw?.get(name)),
  );
  const signature = parseBase64(value ?? '');
  if (raw === null || !message || !method || signature === null || !isSignatureMethod(method)) {
    return failure({ why: 'signature', what: 'the request is not signed' });
  }
  const signed = ['SAMLRequest', 'RelayState', 'SigAlg']
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name)}`)
    .join('&');
  const { certificates, cryptography } = expected;
  if (!cryptography.verifyText({ method, text: signed, signature, certificates })) {
    return failure({ why: 'signature', what: 'it does not verify' });
  }
  const compressed = parseBase64(message);
  const xml = compressed === null ? null : await inflateWithin(compressed, MAX_INFLATED_BYTES);
  return xml === null ? failure(malformed('the request cannot be inflated')) : readRequest(xml, expected);
}

/** Each name once, its value as it was sent. */
function rawParameters(query: string): ReadonlyMap<string, string> | null {
  const found = new Map<string, string>();
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(equals, 0));
    if (found.has(name)) return null;
    found.set(name, pair.slice(equals + 1));
  }
  return found;
}

function decode(raw: string | undefined): string | null {
  try {
    return raw === undefined ? null : decodeURIComponent(raw);
  } catch {
    return null;
  }
}

/** @returns null for what is not DEFLATE of UTF-8, or grows beyond the limit: it stops there */
async function inflateWithin(bytes: Bytes, maxBytes: number): Promise<string | null> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of stream) {
      length += part.length;
      if (length > maxBytes) return null;
      parts.push(part);
    }
  } catch {
    return null;
  }
  return parseUtf8(concatBytes(...parts));
}

function readRequest(xml: string, expected: LogoutExpectation): Result<LogoutRequest, SamlFailure> {
  const parsed = parseXml(xml);
  if (!parsed.ok || !isNamed(parsed.value, NS.protocol, 'LogoutRequest')) {
    return failure(malformed('it is no LogoutRequest'));
  }
  const request = parsed.value;
  const id = attributeOf(request, 'ID') ?? '';
  if (!ID.test(id) || attributeOf(request, 'Version') !== '2.0') return failure(malformed('id or version'));
  if (issuerOf(request) !== expected.issuer) return failure({ why: 'issuer' });
  const destination = attributeOf(request, 'Destination');
  if (destination !== expected.destination) return failure({ why: 'destination' });
  const issued = parseInstant(attributeOf(request, 'IssueInstant') ?? '');
  const { nowSeconds } = expected;
  if (issued === null) return failure(malformed('an IssueInstant cannot be read'));
  if (issued > nowSeconds + SKEW_SECONDS) return failure({ why: 'not_yet_valid' });
  if (issued + MAX_AGE_SECONDS + SKEW_SECONDS <= nowSeconds) return failure({ why: 'expired' });
  const end = attributeOf(request, 'NotOnOrAfter');
  const endSeconds = end === null ? Number.POSITIVE_INFINITY : parseInstant(end);
  if (endSeconds === null) return failure(malformed('its end cannot be read'));
  if (endSeconds + SKEW_SECONDS <= nowSeconds) return failure({ why: 'expired' });
  const name = onlyChild(request, NS.assertion, 'NameID');
  const nameId = name === null ? null : textOf(name);
  return nameId === null || nameId.trim() === '' ? failure({ why: 'subject' }) : success({ id, nameId });
}

/** Our answer: done. */
export const logoutResponseXml = (answer: {
  readonly id: string;
  readonly inResponseTo: string;
  readonly issuer: string;
  readonly destination: string;
  readonly issuedAtSeconds: number;
}): string =>
  [
    `<samlp:LogoutResponse xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}" ID="${answer.id}" Version="2.0" IssueInstant="${formatIso(answer.issuedAtSeconds)}"`,
    ` Destination="${escapeXmlText(answer.destination)}" InResponseTo="${answer.inResponseTo}"><saml:Issuer>${escapeXmlText(answer.issuer)}</saml:Issuer>`,
    '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status></samlp:LogoutResponse>',
  ].join('');
