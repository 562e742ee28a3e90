import { toBase64, utf8 } from '../bytes.ts';
import type { ContextEntry } from '../context/request-context.ts';
import type { ContextValue } from '../policy/types.ts';
import type { SamlSubject } from './assertion.ts';
import { ATTRIBUTE_KEYS, GROUPS_KEY } from './condition-keys.ts';
import type { SamlProvider } from './provider.ts';
import type { VerifiedAssertion } from './verify-response.ts';

const FORMAT_PREFIX = 'urn:oasis:names:tc:SAML:2.0:nameid-format:';

/** The kind of a NameID as AWS says it: `persistent`, `transient`, or the whole URI of another family. */
export const subjectTypeOf = ({ format }: SamlSubject): string =>
  format.startsWith(FORMAT_PREFIX) ? format.slice(FORMAT_PREFIX.length) : format;

/**
 * Tells the same NameID of two providers apart: a hash of issuer, account and provider name.
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html, "NameQualifier"
 */
export async function nameQualifierOf(issuer: string, { accountId, name }: SamlProvider): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-1', utf8(`${issuer}${accountId}/${name}`));
  return toBase64(new Uint8Array(digest));
}

/**
 * The condition keys of a verified assertion.
 * @param recipient - where it was sent: what policies call `SAML:aud`
 */
export function samlContext(
  { accountId, name }: SamlProvider,
  { issuer, subject, attributes }: VerifiedAssertion,
  recipient: string,
  nameQualifier: string,
): readonly ContextEntry[] {
  const entries: ContextEntry[] = [
    ['SAML:aud', recipient],
    ['SAML:iss', issuer],
    ['SAML:sub', subject.nameId],
    ['SAML:sub_type', subjectTypeOf(subject)],
    ['SAML:namequalifier', nameQualifier],
    ['SAML:doc', `${accountId}/${name}`],
  ];
  const named = new Map<string, readonly string[]>();
  for (const [attribute, values] of attributes) {
    const key = ATTRIBUTE_KEYS.get(attribute);
    if (key !== undefined) named.set(key, [...(named.get(key) ?? []), ...values]);
  }
  for (const [key, values] of named) entries.push([key, keyValue(key, values)]);
  return entries;
}

/** Groups are always a list, whoever is in but one; of everything else one value is a plain text, as AWS compares it. */
function keyValue(key: string, values: readonly string[]): ContextValue {
  const [only, ...more] = values;
  return only !== undefined && more.length === 0 && key !== GROUPS_KEY ? only : values;
}
