/**
 * A SAML response, from its text to what it proves. The order of checks: size and XML, structure, signature of the response,
 * decryption, signature of the assertion, profile. Whatever is said of a person is read from bytes that a configured certificate
 * signed.
 */
import { failure, type Result, success } from '../result.ts';
import {
  readAttributes,
  readAuthentication,
  readSubject,
  type SamlAttributes,
  type SamlAuthentication,
  type SamlSubject,
} from './assertion.ts';
import { checkAssertion, checkResponse, type ProfileExpectation, type Validity } from './check-profile.ts';
import type { SamlCryptography } from './cryptography.ts';
import { decryptAssertion, type OpenPrivateKeys } from './decrypt.ts';
import { malformed, type SamlFailure } from './failure.ts';
import { assertionIdOf, countNamed, hasUniqueIds, type ResponseForm, readResponseForm } from './response.ts';
import { checkSignatureShape, hasCommentedSignature } from './signature-shape.ts';
import { parseXml, type XmlElement } from './xml.ts';
import { attributeOf, childrenOf, isNamed, NS, onlyChild } from './xml-query.ts';

export interface SamlTrust {
  /** Base64 DER of the certificates that count now. */
  readonly certificates: readonly string[];
  /** Whether a plain assertion is refused. */
  readonly requiresEncryption: boolean;
  readonly openKeys: OpenPrivateKeys;
  readonly cryptography: SamlCryptography;
}

export interface VerifiedAssertion extends SamlAuthentication, Validity {
  readonly assertionId: string;
  readonly issuer: string;
  readonly subject: SamlSubject;
  readonly attributes: SamlAttributes;
}

/** @param text - the response's XML, as it came out of base64 */
export async function verifyResponse(
  text: string,
  trust: SamlTrust,
  expected: ProfileExpectation,
): Promise<Result<VerifiedAssertion, SamlFailure>> {
  const parsed = parseXml(text);
  if (!parsed.ok) return failure(malformed(parsed.failure));
  if (hasCommentedSignature(text, parsed.value)) return failure(malformed('comments in a signature'));
  if (isNamed(parsed.value, NS.assertion, 'Assertion'))
    return verifyAlone(text, parsed.value, trust, expected);
  const form = readResponseForm(parsed.value);
  if (!form.ok) return form;
  const outer = verifyOuter(text, form.value, trust);
  if (!outer.ok) return outer;
  const assertion = await verifyInner(text, outer.value, trust);
  if (!assertion.ok) return assertion;
  const checked = checkResponse(outer.value.response, outer.value.isSigned, expected);
  if (!checked.ok) return checked;
  const validity = checkAssertion(assertion.value, checked.value, expected);
  return validity.ok ? readIdentity(assertion.value, validity.value, expected) : validity;
}

/** An assertion without a response around it, as token exchange has it. @see RFC 8693 section 3; RFC 7522 */
function verifyAlone(
  text: string,
  assertion: XmlElement,
  trust: SamlTrust,
  expected: ProfileExpectation,
): Result<VerifiedAssertion, SamlFailure> {
  if (trust.requiresEncryption)
    return failure({ why: 'encryption', what: 'the assertion must be encrypted' });
  if (expected.inResponseTo !== undefined) return failure(malformed('the root is no Response'));
  if (!isSoundAlone(assertion)) return failure(malformed('the assertion is not built as one'));
  const signed = verifyAssertion(text, assertion, false, trust);
  if (!signed.ok) return signed;
  const validity = checkAssertion(signed.value, inResponseToOf(signed.value), expected);
  return validity.ok ? readIdentity(signed.value, validity.value, expected) : validity;
}

/** No response says which request was answered, so only the confirmation can. */
function inResponseToOf(assertion: XmlElement): string | null {
  const subject = onlyChild(assertion, NS.assertion, 'Subject');
  const confirmation = subject === null ? null : onlyChild(subject, NS.assertion, 'SubjectConfirmation');
  const data =
    confirmation === null ? null : onlyChild(confirmation, NS.assertion, 'SubjectConfirmationData');
  return data === null ? null : attributeOf(data, 'InResponseTo');
}

interface OuterForm extends ResponseForm {
  readonly isSigned: boolean;
}

/** Where the response is signed, everything after is read from its signed bytes. */
function verifyOuter(text: string, form: ResponseForm, trust: SamlTrust): Result<OuterForm, SamlFailure> {
  if (form.signature === null) return success({ ...form, isSigned: false });
  const root = verifySigned(text, form.responseId, form.signature, trust);
  if (!root.ok) return root;
  const signed = readResponseForm(root.value);
  if (!signed.ok) return signed;
  return signed.value.responseId === form.responseId
    ? success({ ...signed.value, isSigned: true })
    : failure({ why: 'signature', what: 'another response was signed' });
}

async function verifyInner(
  text: string,
  { assertion, isEncrypted, isSigned }: OuterForm,
  trust: SamlTrust,
): Promise<Result<XmlElement, SamlFailure>> {
  if (!isEncrypted) {
    return trust.requiresEncryption
      ? failure({ why: 'encryption', what: 'the assertion must be encrypted' })
      : verifyAssertion(text, assertion, isSigned, trust);
  }
  const plain = await decryptAssertion(assertion, trust.openKeys, isSigned);
  const parsed = plain === null ? null : parseXml(plain);
  if (plain === null || parsed?.ok !== true) {
    return failure({ why: 'encryption', what: 'the assertion could not be opened' });
  }
  if (!isSoundAlone(parsed.value) || hasCommentedSignature(plain, parsed.value))
    return failure(malformed('the decrypted assertion is not built as one'));
  return verifyAssertion(plain, parsed.value, isSigned, trust);
}

/** What was hidden has not been looked at: the same rules hold for it as for what was plain. */
const isSoundAlone = (assertion: XmlElement): boolean =>
  hasUniqueIds(assertion) &&
  countNamed(assertion, NS.assertion, 'Assertion') === 1 &&
  countNamed(assertion, NS.signature, 'Signature') ===
    childrenOf(assertion, NS.signature, 'Signature').length;

/** @param isCovered - whether a verified signature around it covers it already */
function verifyAssertion(
  text: string,
  assertion: XmlElement,
  isCovered: boolean,
  trust: SamlTrust,
): Result<XmlElement, SamlFailure> {
  const id = assertionIdOf(assertion);
  if (id === null) return failure(malformed('the assertion is not built as one'));
  const signatures = childrenOf(assertion, NS.signature, 'Signature');
  if (signatures.length === 0) {
    return isCovered ? success(assertion) : failure({ why: 'signature', what: 'nothing is signed' });
  }
  const signature = onlyChild(assertion, NS.signature, 'Signature');
  // A second signature that does not verify is a forgery's mark, even inside a first one that does.
  const root =
    signature === null ? failure(malformed('two signatures')) : verifySigned(text, id, signature, trust);
  if (!root.ok) return root;
  return assertionIdOf(root.value) === id
    ? success(root.value)
    : failure({ why: 'signature', what: 'another assertion was signed' });
}

/** @returns the root of the signed bytes, read again from them alone */
function verifySigned(
  text: string,
  id: string,
  signature: XmlElement,
  { certificates, cryptography }: SamlTrust,
): Result<XmlElement, SamlFailure> {
  const shape = checkSignatureShape(signature, id);
  if (!shape.ok) return failure({ why: 'signature', what: shape.failure });
  const canonical = cryptography.verifySignature({ xml: text, id, certificates });
  const parsed = canonical === null ? null : parseXml(canonical);
  return parsed?.ok === true ? parsed : failure({ why: 'signature', what: 'it does not verify' });
}

function readIdentity(
  assertion: XmlElement,
  validity: Validity,
  { issuer, nowSeconds }: ProfileExpectation,
): Result<VerifiedAssertion, SamlFailure> {
  const subject = readSubject(assertion);
  if (!subject.ok) return subject;
  const authentication = readAuthentication(assertion);
  if (!authentication.ok) return authentication;
  const attributes = readAttributes(assertion);
  if (!attributes.ok) return attributes;
  const { sessionNotOnOrAfterSeconds: end } = authentication.value;
  if (end !== null && end <= nowSeconds) return failure({ why: 'expired' });
  return success({
    ...authentication.value,
    ...validity,
    assertionId: attributeOf(assertion, 'ID') ?? '',
    issuer,
    subject: subject.value,
    attributes: attributes.value,
  });
}
