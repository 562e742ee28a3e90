/**
 * What a signature may look like, checked before a library computes anything: exactly the profile that SAML prescribes, with
 * nothing beside it that one reader could see and another not.
 * @see SAML 2.0 Core, section 5.4; XML Signature 1.1
 */
import { failure, type Result, success } from '../result.ts';
import type { XmlElement } from './xml.ts';
import { allElements, attributeOf, elementsOf, isNamed, NS, textOf } from './xml-query.ts';

export const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

/** Signature methods that are believed. No HMAC: its key would be the public certificate. No SHA-1. */
export const SIGNATURE_METHODS = {
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256': { key: 'rsa', hash: 'sha256' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384': { key: 'rsa', hash: 'sha384' },
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': { key: 'rsa', hash: 'sha512' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256': { key: 'ec', hash: 'sha256' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384': { key: 'ec', hash: 'sha384' },
  'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512': { key: 'ec', hash: 'sha512' },
} as const;
export type SignatureMethod = keyof typeof SIGNATURE_METHODS;

export const DIGEST_METHODS = {
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
} as const;
export type DigestMethod = keyof typeof DIGEST_METHODS;

const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;
const MAX_BASE64 = 4096;

/**
 * Checks the one signature of an element.
 * @param signedId - the ID of the element that it stands in: nothing else may be what it signs
 * @returns its method, or what is wrong with it
 */
export function checkSignatureShape(
  signature: XmlElement,
  signedId: string,
): Result<SignatureMethod, string> {
  const [info, value, ...rest] = elementsOf(signature);
  if (info === undefined || !isNamed(info, NS.signature, 'SignedInfo')) return failure('no SignedInfo');
  if (value === undefined || !isNamed(value, NS.signature, 'SignatureValue') || !isBase64(value)) {
    return failure('no SignatureValue');
  }
  // KeyInfo may stand there and is not looked at; an Object or a second SignedInfo may not.
  if (rest.length > 1 || rest.some((each) => !isNamed(each, NS.signature, 'KeyInfo'))) {
    return failure('more than a signature has');
  }
  const [canonicalization, method, reference, ...more] = elementsOf(info);
  if (!isAlgorithm(canonicalization, 'CanonicalizationMethod', EXCLUSIVE_C14N)) {
    return failure('another canonicalization');
  }
  const methodName = method === undefined ? null : attributeOf(method, 'Algorithm');
  if (!isNamedChild(method, 'SignatureMethod') || !isSignatureMethod(methodName)) {
    return failure('another signature method');
  }
  if (!isNamedChild(reference, 'Reference') || more.length > 0) return failure('not exactly one Reference');
  const wrong = wrongOfReference(reference, signedId);
  return wrong === null ? success(methodName) : failure(wrong);
}

function wrongOfReference(reference: XmlElement, signedId: string): string | null {
  if (attributeOf(reference, 'URI') !== `#${signedId}`) return 'a reference to something else';
  const [transforms, digest, value, ...more] = elementsOf(reference);
  if (!isNamedChild(transforms, 'Transforms') || !areAdmitted(elementsOf(transforms))) {
    return 'other transforms';
  }
  const digestName = digest === undefined ? null : attributeOf(digest, 'Algorithm');
  if (!isNamedChild(digest, 'DigestMethod') || !isDigestMethod(digestName)) return 'another digest method';
  if (!isNamedChild(value, 'DigestValue') || !isBase64(value) || more.length > 0) return 'no DigestValue';
  return null;
}

/** The enveloped signature taken out, then exclusive canonicalization; each once. */
function areAdmitted(transforms: readonly XmlElement[]): boolean {
  const names = transforms.map((each) =>
    isNamedChild(each, 'Transform') ? attributeOf(each, 'Algorithm') : null,
  );
  return (
    names.length === 2 &&
    names[0] === ENVELOPED &&
    names[1] === EXCLUSIVE_C14N &&
    transforms.every(hasPlainContent)
  );
}

/** A prefix list may stand in it and nothing else: an XPath would choose what is signed. */
const hasPlainContent = (transform: XmlElement): boolean =>
  elementsOf(transform).every((child) => isNamed(child, NS.exclusive, 'InclusiveNamespaces'));

const isAlgorithm = (element: XmlElement | undefined, name: string, algorithm: string): boolean =>
  isNamedChild(element, name) && attributeOf(element, 'Algorithm') === algorithm && hasPlainContent(element);

const isNamedChild = (element: XmlElement | undefined, name: string): element is XmlElement =>
  element !== undefined && isNamed(element, NS.signature, name);

/**
 * Comments are gone from the tree but not for every library, and one in a digest was read as the digest (CVE-2025-29775). Nobody who signs
 * writes any.
 * @param text - what `root` was read from
 */
export function hasCommentedSignature(text: string, root: XmlElement): boolean {
  for (const element of allElements(root)) {
    if (!isNamed(element, NS.signature, 'Signature')) continue;
    if (text.slice(element.start, element.end).includes('<!--')) return true;
  }
  return false;
}

function isBase64(element: XmlElement): boolean {
  const text = textOf(element) ?? '';
  return text.length <= MAX_BASE64 && BASE64.test(text);
}

/** Whether a name is that of a method that is believed. */
export const isSignatureMethod = (name: string | null | undefined): name is SignatureMethod =>
  name != null && Object.hasOwn(SIGNATURE_METHODS, name);
const isDigestMethod = (name: string | null): name is DigestMethod =>
  name !== null && Object.hasOwn(DIGEST_METHODS, name);
