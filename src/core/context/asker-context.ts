/**
 * The context that a resource server brings with its question. Identity, session and time are Daypass's own: what the asker says
 * about them is left out, also where Daypass itself has no value for them.
 */
import { parseIpAddress } from '../policy/conditions/ip-range.ts';
import type { ContextValue } from '../policy/types.ts';
import type { ContextEntry } from './request-context.ts';

const MAX_KEYS = 200;
const MAX_VALUES = 200;
const MAX_KEY_CHARACTERS = 256;
const MAX_VALUE_CHARACTERS = 2048;

/** Global keys that say who asks, how they signed in and when. In lower case. */
const OWN_KEYS: ReadonlySet<string> = new Set([
  'aws:userid',
  'aws:username',
  'aws:tokenissuetime',
  'aws:federatedprovider',
  'aws:sourceidentity',
  'aws:currenttime',
  'aws:epochtime',
  'aws:assumedroot',
]);
const OWN_PREFIXES = [
  'aws:principal',
  'aws:multifactorauth',
  'saml:',
  'sts:',
  'daypass:',
  'cognito-identity',
];

/** @returns whether a key is Daypass's own: about identity or session, or a claim of an issuer (whose prefix is a host name) */
export function isOwnKey(key: string): boolean {
  const name = key.toLowerCase();
  if (OWN_KEYS.has(name) || OWN_PREFIXES.some((prefix) => name.startsWith(prefix))) return true;
  const prefix = name.slice(0, Math.max(0, name.search(/[:/]/)));
  return prefix.includes('.') || prefix === 'localhost' || name.startsWith('[');
}

const isTruth = (text: string): boolean => text === 'true' || text === 'false';
const isAddress = (text: string): boolean => parseIpAddress(text) !== null;

/**
 * Keys whose value has one form and stands alone. In another form no condition would match it, not even that of a Deny: so it is
 * refused before anything is decided. In lower case.
 */
const FORMS: ReadonlyMap<string, { readonly what: string; readonly fits: (text: string) => boolean }> =
  new Map([
    ['aws:sourceip', { what: 'an IP address', fits: isAddress }],
    ['aws:vpcsourceip', { what: 'an IP address', fits: isAddress }],
    ['aws:securetransport', { what: 'true or false', fits: isTruth }],
  ]);

/**
 * @param given - the `context` of the question
 * @returns entries for the engine, or a sentence saying what is wrong with them
 */
export function askerContext(given: Readonly<Record<string, unknown>>): readonly ContextEntry[] | string {
  const names = Object.keys(given);
  if (names.length > MAX_KEYS) return `context has more than ${MAX_KEYS} keys`;
  const entries: ContextEntry[] = [];
  for (const key of names) {
    if (key.length > MAX_KEY_CHARACTERS) return 'a context key is too long';
    if (isOwnKey(key)) continue;
    const value = contextValue(given[key]);
    if (value === null) return `context key \`${key}\` must be text, a number, a boolean or a list of them`;
    const form = FORMS.get(key.toLowerCase());
    if (form !== undefined && !(typeof value === 'string' && form.fits(value))) {
      return `context key \`${key}\` must be ${form.what}`;
    }
    entries.push([key, value]);
  }
  return entries;
}

function contextValue(value: unknown): ContextValue | null {
  if (!Array.isArray(value)) return scalar(value);
  if (value.length > MAX_VALUES) return null;
  const values = value.map(scalar);
  return values.every((entry) => entry !== null) ? values : null;
}

function scalar(value: unknown): string | null {
  if (typeof value === 'string') return value.length <= MAX_VALUE_CHARACTERS ? value : null;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'boolean' ? String(value) : null;
}
