/** What a verified assertion says. Everything is read from the bytes that were signed. @see SAML 2.0 Core, section 2 */
import { failure, type Result, success } from '../result.ts';
import { malformed, type SamlFailure } from './failure.ts';
import { parseInstant } from './instant.ts';
import type { XmlElement } from './xml.ts';
import { attributeOf, childrenOf, elementsOf, isNamed, NS, onlyChild, textOf } from './xml-query.ts';

export interface SamlSubject {
  readonly nameId: string;
  /** The URI; unspecified where the NameID names none. */
  readonly format: string;
}

/** Attribute values by the attribute's Name. */
export type SamlAttributes = ReadonlyMap<string, readonly string[]>;

export interface SamlAuthentication {
  readonly authenticatedAtSeconds: number | null;
  /** The earliest that any statement names, or null. */
  readonly sessionNotOnOrAfterSeconds: number | null;
  readonly sessionIndex: string | null;
  readonly contextClasses: readonly string[];
}

const UNSPECIFIED = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
const MAX_NAME_ID = 255;
const MAX_ATTRIBUTE_VALUES = 2000;

/** @returns the one subject, named by the one NameID */
export function readSubject(assertion: XmlElement): Result<SamlSubject, SamlFailure> {
  const subject = onlyChild(assertion, NS.assertion, 'Subject');
  const nameId = subject === null ? null : onlyChild(subject, NS.assertion, 'NameID');
  const text = nameId === null ? null : textOf(nameId);
  if (nameId === null || text === null || text.trim() === '' || text.length > MAX_NAME_ID) {
    return failure({ why: 'subject' });
  }
  return success({ nameId: text, format: attributeOf(nameId, 'Format') ?? UNSPECIFIED });
}

/** @returns the text of the only Issuer, or null */
export function issuerOf(element: XmlElement): string | null {
  const issuer = onlyChild(element, NS.assertion, 'Issuer');
  return issuer === null ? null : textOf(issuer);
}

/** @returns what the AuthnStatements say; there must be one at least */
export function readAuthentication(assertion: XmlElement): Result<SamlAuthentication, SamlFailure> {
  const statements = childrenOf(assertion, NS.assertion, 'AuthnStatement');
  const [first] = statements;
  if (first === undefined) return failure(malformed('there is no AuthnStatement'));
  const instants = statements.map((each) => parseInstant(attributeOf(each, 'AuthnInstant') ?? ''));
  const ends: number[] = [];
  for (const statement of statements) {
    const text = attributeOf(statement, 'SessionNotOnOrAfter');
    const end = text === null ? Number.POSITIVE_INFINITY : parseInstant(text);
    if (end === null) return failure(malformed('a SessionNotOnOrAfter cannot be read'));
    ends.push(end);
  }
  const earliest = Math.min(...ends);
  return success({
    // of several the oldest: which of them proved what is not told apart
    authenticatedAtSeconds: instants.includes(null)
      ? null
      : Math.min(...instants.filter((each) => each !== null)),
    sessionNotOnOrAfterSeconds: Number.isFinite(earliest) ? earliest : null,
    sessionIndex: attributeOf(first, 'SessionIndex'),
    contextClasses: statements
      .flatMap((statement) => childrenOf(statement, NS.assertion, 'AuthnContext'))
      .flatMap((context) => childrenOf(context, NS.assertion, 'AuthnContextClassRef'))
      .flatMap((reference) => textOf(reference) ?? []),
  });
}

/** What sessions are made of must be readable; elsewhere a value may have elements in it, which no policy can name. */
const MUST_BE_TEXT = /^https:\/\/aws\.amazon\.com\/SAML\//;

/**
 * Attributes of the same name are one. A value with elements in it has no text; such an attribute is left out as a whole, and
 * one that is encrypted by itself is refused: a policy may deny by it.
 */
export function readAttributes(assertion: XmlElement): Result<SamlAttributes, SamlFailure> {
  const attributes = new Map<string, readonly string[]>();
  const unreadable = new Set<string>();
  let count = 0;
  for (const statement of childrenOf(assertion, NS.assertion, 'AttributeStatement')) {
    for (const attribute of elementsOf(statement)) {
      if (!isNamed(attribute, NS.assertion, 'Attribute'))
        return failure(malformed('an attribute is encrypted'));
      const name = attributeOf(attribute, 'Name') ?? '';
      const values = childrenOf(attribute, NS.assertion, 'AttributeValue').map(textOf);
      count += values.length;
      if (name === '' || count > MAX_ATTRIBUTE_VALUES) return failure(malformed('too many attribute values'));
      const texts = values.filter((value) => value !== null);
      if (texts.length < values.length) {
        if (MUST_BE_TEXT.test(name)) return failure(malformed('an attribute is no text'));
        unreadable.add(name);
      }
      attributes.set(name, [...(attributes.get(name) ?? []), ...texts]);
    }
  }
  for (const name of unreadable) attributes.delete(name);
  return success(attributes);
}
