/** Questions about elements. */
import type { XmlElement } from './xml.ts';

/** The namespaces of SAML, XML Signature and XML Encryption. */
export const NS = {
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
  encryption11: 'http://www.w3.org/2009/xmlenc11#',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  instance: 'http://www.w3.org/2001/XMLSchema-instance',
} as const;

/** Whether an element has this name. */
export const isNamed = (element: XmlElement, namespace: string, name: string): boolean =>
  element.name === name && element.namespace === namespace;

/** The child elements, whatever their name. */
export const elementsOf = (parent: XmlElement): readonly XmlElement[] =>
  parent.children.filter((child) => typeof child !== 'string');

/** The child elements of one name. */
export const childrenOf = (parent: XmlElement, namespace: string, name: string): readonly XmlElement[] =>
  elementsOf(parent).filter((child) => isNamed(child, namespace, name));

/** The only child element of a name; null where there is none or more than one. */
export function onlyChild(parent: XmlElement, namespace: string, name: string): XmlElement | null {
  const [first = null, second] = childrenOf(parent, namespace, name);
  return second === undefined ? first : null;
}

/** An attribute without a prefix, or null. */
export const attributeOf = (element: XmlElement, name: string): string | null =>
  element.attributes.find((each) => each.namespace === '' && each.name === name)?.value ?? null;

/** The whole text of an element; null where elements stand in it, which would hide a part of it. */
export function textOf(element: XmlElement): string | null {
  const [text = '', second] = element.children;
  return typeof text === 'string' && second === undefined ? text : null;
}

/** Every element of a tree, itself first. */
export function* allElements(root: XmlElement): Generator<XmlElement> {
  const waiting = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    for (const child of next.children) if (typeof child !== 'string') waiting.push(child);
  }
}
