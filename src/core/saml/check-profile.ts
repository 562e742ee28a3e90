/**
 * Whether a response whose signature was verified is meant for us, now, once, and about whom it says.
 * @see SAML 2.0 Profiles, section 4.1.4; SAML 2.0 Core, section 2.5
 */
import { failure, type Result, success } from '../result.ts';
import { issuerOf } from './assertion.ts';
import { malformed, type SamlFailure } from './failure.ts';
import { parseInstant } from './instant.ts';
import type { XmlElement } from './xml.ts';
import { attributeOf, childrenOf, elementsOf, isNamed, NS, onlyChild, textOf } from './xml-query.ts';

export interface ProfileExpectation {
  /** The identity provider's entity id. */
  readonly issuer: string;
  /** Our entity id. */
  readonly audience: string;
  /** Our assertion consumer URL. */
  readonly recipient: string;
  /** The ID of the request that is answered; null where none was made; undefined where it does not matter which. */
  readonly inResponseTo?: string | null;
  readonly nowSeconds: number;
}

export interface Validity {
  /** The moment from which on the assertion is not accepted any more. */
  readonly notOnOrAfterSeconds: number;
  readonly inResponseTo: string | null;
}

/** Clocks differ by no more than this. */
export const SKEW_SECONDS = 60;
/** An assertion is redeemed within five minutes, as AWS asks. */
export const MAX_AGE_SECONDS = 300;
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

/** @param isSigned - whether the response itself was signed: then it must name its destination */
export function checkResponse(
  response: XmlElement,
  isSigned: boolean,
  expected: ProfileExpectation,
): Result<Validity['inResponseTo'], SamlFailure> {
  if (issuerOf(response) !== expected.issuer) return failure({ why: 'issuer' });
  const destination = attributeOf(response, 'Destination');
  if (destination === null ? isSigned : destination !== expected.recipient)
    return failure({ why: 'destination' });
  const age = checkAge(response, expected.nowSeconds);
  if (age !== null) return failure(age);
  const inResponseTo = attributeOf(response, 'InResponseTo');
  if (expected.inResponseTo !== undefined && inResponseTo !== expected.inResponseTo)
    return failure({ why: 'request' });
  return success(inResponseTo);
}

/** @param inResponseTo - what the response around it says: both must say the same */
export function checkAssertion(
  assertion: XmlElement,
  inResponseTo: string | null,
  expected: ProfileExpectation,
): Result<Validity, SamlFailure> {
  if (issuerOf(assertion) !== expected.issuer) return failure({ why: 'issuer' });
  const age = checkAge(assertion, expected.nowSeconds);
  if (age !== null) return failure(age);
  const conditions = checkConditions(assertion, expected);
  if (conditions !== null) return failure(conditions);
  const confirmed = confirmBearer(assertion, inResponseTo, expected);
  return confirmed.ok ? success({ notOnOrAfterSeconds: confirmed.value, inResponseTo }) : confirmed;
}

function checkAge(element: XmlElement, nowSeconds: number): SamlFailure | null {
  const issued = parseInstant(attributeOf(element, 'IssueInstant') ?? '');
  if (issued === null) return malformed('an IssueInstant cannot be read');
  if (issued > nowSeconds + SKEW_SECONDS) return { why: 'not_yet_valid' };
  return issued + MAX_AGE_SECONDS + SKEW_SECONDS <= nowSeconds ? { why: 'expired' } : null;
}

/** Times are inclusive at the start and exclusive at the end. */
function checkWindow(element: XmlElement, nowSeconds: number): SamlFailure | null {
  const [from, to] = ['NotBefore', 'NotOnOrAfter'].map((name) => attributeOf(element, name));
  const notBefore = from == null ? Number.NEGATIVE_INFINITY : parseInstant(from);
  const notOnOrAfter = to == null ? Number.POSITIVE_INFINITY : parseInstant(to);
  if (notBefore === null || notOnOrAfter === null) return malformed('a time window cannot be read');
  if (nowSeconds + SKEW_SECONDS < notBefore) return { why: 'not_yet_valid' };
  return nowSeconds - SKEW_SECONDS >= notOnOrAfter ? { why: 'expired' } : null;
}

function checkConditions(assertion: XmlElement, expected: ProfileExpectation): SamlFailure | null {
  const conditions = onlyChild(assertion, NS.assertion, 'Conditions');
  if (conditions === null) return malformed('there is not exactly one Conditions');
  const window = checkWindow(conditions, expected.nowSeconds);
  if (window !== null) return window;
  let restrictions = 0;
  for (const condition of elementsOf(conditions)) {
    if (isNamed(condition, NS.assertion, 'AudienceRestriction')) {
      restrictions += 1;
      const audiences = childrenOf(condition, NS.assertion, 'Audience').map(textOf);
      if (!audiences.includes(expected.audience)) return { why: 'audience' };
    } else if (!isKnownCondition(condition)) {
      // A condition that is not understood is a condition that is not met.
      return { why: 'condition', name: condition.name };
    }
  }
  return restrictions === 0 ? { why: 'audience' } : null;
}

/** Every assertion is used once here, and none is handed on. */
const isKnownCondition = (condition: XmlElement): boolean =>
  isNamed(condition, NS.assertion, 'OneTimeUse') || isNamed(condition, NS.assertion, 'ProxyRestriction');

/** @returns the end of the confirmation that fits; the most telling failure where none does */
function confirmBearer(
  assertion: XmlElement,
  inResponseTo: string | null,
  expected: ProfileExpectation,
): Result<number, SamlFailure> {
  let worst: SamlFailure = { why: 'subject' };
  const subject = onlyChild(assertion, NS.assertion, 'Subject');
  const confirmations = subject === null ? [] : childrenOf(subject, NS.assertion, 'SubjectConfirmation');
  for (const confirmation of confirmations) {
    if (attributeOf(confirmation, 'Method') !== BEARER) continue;
    const data = onlyChild(confirmation, NS.assertion, 'SubjectConfirmationData');
    const end = data === null ? null : parseInstant(attributeOf(data, 'NotOnOrAfter') ?? '');
    if (data === null || end === null) continue;
    const wrong = wrongOfConfirmation(data, inResponseTo, expected);
    if (wrong === null) return success(end);
    worst = wrong;
  }
  return failure(worst);
}

function wrongOfConfirmation(
  data: XmlElement,
  inResponseTo: string | null,
  { recipient, nowSeconds }: ProfileExpectation,
): SamlFailure | null {
  if (attributeOf(data, 'Recipient') !== recipient) return { why: 'recipient' };
  if (attributeOf(data, 'InResponseTo') !== inResponseTo) return { why: 'request' };
  return checkWindow(data, nowSeconds);
}
