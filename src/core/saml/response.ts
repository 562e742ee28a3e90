/** The outer form of a response: what stands where, before anything is believed. @see SAML 2.0 Core, section 3.3.3 */
import { failure, type Result, success } from '../result.ts';
import { malformed, type SamlFailure } from './failure.ts';
import type { XmlElement } from './xml.ts';
import { allElements, attributeOf, childrenOf, isNamed, NS, onlyChild } from './xml-query.ts';

const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const ID = /^[A-Za-z_][\w.-]{0,255}$/;

export interface ResponseForm {
  readonly response: XmlElement;
  readonly responseId: string;
  /** The signature of the whole response, or null. */
  readonly signature: XmlElement | null;
  /** The only assertion: plain, or encrypted. */
  readonly assertion: XmlElement;
  readonly isEncrypted: boolean;
}

/**
 * Checks how a response is built: version, ids used once, status, exactly one assertion, no signature but those of the response
 * and of the assertion.
 */
export function readResponseForm(response: XmlElement): Result<ResponseForm, SamlFailure> {
  if (!isNamed(response, NS.protocol, 'Response')) return failure(malformed('the root is no Response'));
  if (attributeOf(response, 'Version') !== '2.0') return failure(malformed('the version is not 2.0'));
  const responseId = attributeOf(response, 'ID') ?? '';
  if (!ID.test(responseId) || !hasUniqueIds(response)) return failure(malformed('ids are not unique'));
  const status = statusOf(response);
  if (status !== SUCCESS) return failure({ why: 'status', status: status ?? 'none' });
  const plain = childrenOf(response, NS.assertion, 'Assertion');
  const encrypted = childrenOf(response, NS.assertion, 'EncryptedAssertion');
  const [assertion, ...more] = [...plain, ...encrypted];
  if (assertion === undefined || more.length > 0 || countAssertions(response) !== 1) {
    return failure(malformed('there is not exactly one assertion'));
  }
  const own = childrenOf(response, NS.signature, 'Signature');
  const inner = childrenOf(assertion, NS.signature, 'Signature');
  // A decoy elsewhere would be taken out by a transform, or be the one that another reader finds.
  if (
    own.length > 1 ||
    inner.length > 1 ||
    countNamed(response, NS.signature, 'Signature') !== own.length + inner.length
  ) {
    return failure(malformed('signatures stand where none belongs'));
  }
  return success({
    response,
    responseId,
    signature: own[0] ?? null,
    assertion,
    isEncrypted: encrypted.length > 0,
  });
}

/** @returns the assertion's ID where it is built as an assertion is; null otherwise */
export function assertionIdOf(assertion: XmlElement): string | null {
  const id = attributeOf(assertion, 'ID') ?? '';
  return isNamed(assertion, NS.assertion, 'Assertion') &&
    attributeOf(assertion, 'Version') === '2.0' &&
    ID.test(id)
    ? id
    : null;
}

/** Whatever the case: libraries look for `ID`, `Id` and `id`, with and without a prefix. */
export function hasUniqueIds(root: XmlElement): boolean {
  const seen = new Set<string>();
  for (const element of allElements(root)) {
    for (const { name, value } of element.attributes) {
      if (name.toLowerCase() !== 'id') continue;
      if (seen.has(value)) return false;
      seen.add(value);
    }
  }
  return true;
}

function statusOf(response: XmlElement): string | null {
  const status = onlyChild(response, NS.protocol, 'Status');
  const code = status === null ? null : onlyChild(status, NS.protocol, 'StatusCode');
  return code === null ? null : attributeOf(code, 'Value');
}

const countAssertions = (root: XmlElement): number =>
  countNamed(root, NS.assertion, 'Assertion') + countNamed(root, NS.assertion, 'EncryptedAssertion');

/** How many elements of a tree have a name, wherever they stand. */
export function countNamed(root: XmlElement, namespace: string, name: string): number {
  let count = 0;
  for (const element of allElements(root)) if (isNamed(element, namespace, name)) count += 1;
  return count;
}
