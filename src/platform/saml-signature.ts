/** Signatures of SAML messages, by xml-crypto with everything switched off that the profile does not need. */
import { createHash, type KeyObject, verify } from 'node:crypto';
import { DOMParser, type Element } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import type { SignedElement, SignedText } from '../core/saml/cryptography.ts';
import { ecdsaValueToDer } from '../core/saml/ecdsa-value.ts';
import {
  DIGEST_METHODS,
  ENVELOPED,
  EXCLUSIVE_C14N,
  SIGNATURE_METHODS,
} from '../core/saml/signature-shape.ts';

const SIGNATURE_NAMESPACE = 'http://www.w3.org/2000/09/xmldsig#';

/**
 * Verifies the enveloped signature of one element.
 * @param keys - the public keys of the certificates that may have signed; whatever the message says of keys is not looked at
 * @returns the canonical text that was signed, or null for a signature that does not verify
 */
export function verifyEnveloped({ xml, id }: SignedElement, keys: readonly KeyObject[]): string | null {
  const [key] = keys;
  const signature = key === undefined ? null : findSignature(xml, id);
  if (key === undefined || signature === null) return null;
  // A key object, never a text: nothing in it can be taken for a shared secret.
  const signed = new SignedXml({ publicCert: key, getCertFromKeyInfo: () => null });
  signed.CanonicalizationAlgorithms = only(signed.CanonicalizationAlgorithms, [ENVELOPED, EXCLUSIVE_C14N]);
  signed.HashAlgorithms = HASHES;
  signed.SignatureAlgorithms = signatureAlgorithms(keys);
  try {
    signed.loadSignature(signature as never); // its types speak of a browser's DOM
    if (!signed.checkSignature(xml)) return null;
  } catch {
    return null; // it throws for each kind of wrong signature
  }
  const [canonical, ...others] = signed.getSignedReferences();
  return canonical === undefined || others.length > 0 ? null : canonical;
}

/** The signature that is a child of the element with this ID. */
function findSignature(xml: string, id: string): Element | null {
  const root = parseStrictly(xml);
  for (const element of [root, ...Array.from(root?.childNodes ?? [])] as (Element | null)[]) {
    if (element?.nodeType !== 1 || element.getAttribute('ID') !== id) continue;
    for (const child of Array.from(element.childNodes) as Element[]) {
      if (child.localName === 'Signature' && child.namespaceURI === SIGNATURE_NAMESPACE) return child;
    }
  }
  return null;
}

function parseStrictly(xml: string): Element | null {
  const onError = (): never => {
    throw new Error('not well-formed');
  };
  try {
    return new DOMParser({ onError }).parseFromString(xml, 'text/xml').documentElement;
  } catch {
    return null;
  }
}

const only = <T>(all: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));

const HASHES = Object.fromEntries(
  Object.entries(DIGEST_METHODS).map(([name, hash]) => [
    name,
    class {
      getHash = (text: string): string => createHash(hash).update(text, 'utf8').digest('base64');
      getAlgorithmName = (): string => name;
    },
  ]),
);

/** Verifies the signature of a text that is sent as it is. */
export function verifySignedText(
  { method, text, signature }: SignedText,
  keys: readonly KeyObject[],
): boolean {
  const { key: kind, hash } = SIGNATURE_METHODS[method];
  return keys
    .filter((key) => key.asymmetricKeyType === kind)
    .some((key) => verifyWith(key, hash, text, Buffer.from(signature)));
}

/** Each verifies with any of the keys that is of its kind. */
const signatureAlgorithms = (keys: readonly KeyObject[]) =>
  Object.fromEntries(
    Object.entries(SIGNATURE_METHODS).map(([name, { key: kind, hash }]) => [
      name,
      class {
        getSignature = (): string => {
          throw new Error('this never signs');
        };
        verifySignature = (signedInfo: string, _key: unknown, value: string): boolean =>
          keys
            .filter((key) => key.asymmetricKeyType === kind)
            .some((key) => verifyWith(key, hash, signedInfo, Buffer.from(value, 'base64')));
        getAlgorithmName = (): string => name;
      },
    ]),
  );

function verifyWith(key: KeyObject, hash: string, text: string, value: Buffer): boolean {
  const signature = key.asymmetricKeyType === 'ec' ? ecdsaValueToDer(value) : value;
  return signature !== null && verify(hash, Buffer.from(text, 'utf8'), key, signature);
}
