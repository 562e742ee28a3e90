/**
 * Reads the XML that SAML needs and refuses all else, before any library sees the text: no document type, no entities of its own,
 * no processing instructions, no CDATA, one root, balanced tags, declared prefixes, no attribute twice, bounded in size, depth
 * and number of nodes. What two parsers could see differently is not XML here.
 * @see W3C XML 1.0 (fifth edition); Namespaces in XML 1.0
 */
import { failure, type Result, success } from '../result.ts';
import { decodeAttribute, decodeText } from './xml-text.ts';

export interface XmlAttribute {
  /** Empty for an attribute without a prefix. */
  readonly namespace: string;
  readonly name: string;
  readonly value: string;
}

export interface XmlElement {
  readonly namespace: string;
  /** Without its prefix. */
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  /** Elements and texts in order; comments are gone, and the texts around one are joined. */
  readonly children: readonly (XmlElement | string)[];
  /** Where it stands in the text, from its `<` to behind its last `>`. */
  readonly start: number;
  readonly end: number;
}

export interface XmlLimits {
  readonly maxCharacters: number;
  readonly maxDepth: number;
  /** Elements, attributes and texts together. */
  readonly maxNodes: number;
}

/** For whatever outsiders send. */
export const MESSAGE_LIMITS: XmlLimits = { maxCharacters: 256 * 1024, maxDepth: 64, maxNodes: 10_000 };

const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/';
const BYTE_ORDER_MARK = '\uFEFF';
const DECLARATION = /^\uFEFF?<\?xml[ \t\r\n]+version=(?:"1\.0"|'1\.0')[^?<>]*\?>/;
const ENCODING = /[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([^"']*)["']/;
const OPEN_TAG = /<([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)/y;
const TAG_END = /[ \t\r\n]*(\/?)>/y;
const CLOSE_TAG = /<\/([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)[ \t\r\n]*>/y;
const ATTRIBUTE =
  /[ \t\r\n]+([A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?)[ \t\r\n]*=[ \t\r\n]*(?:"([^<"]*)"|'([^<']*)')/y;
const TEXT = /[^<]+/y;
const BLANK = /^[ \t\r\n]*$/;

/** An attribute before its prefix is resolved. */
interface RawAttribute {
  readonly name: string;
  readonly value: string;
}

type Scope = ReadonlyMap<string, string>;

interface OpenElement {
  readonly qualifiedName: string;
  readonly element: Omit<XmlElement, 'children' | 'end'>;
  readonly children: (XmlElement | string)[];
  readonly scope: Scope;
}

/**
 * @param text - a whole document
 * @returns its root, or a word saying what is wrong; never a part of the text
 */
export function parseXml(text: string, limits: XmlLimits = MESSAGE_LIMITS): Result<XmlElement, string> {
  if (text.length > limits.maxCharacters) return failure('too long');
  const declaration =
    DECLARATION.exec(text)?.[0] ?? (text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '');
  const encoding = ENCODING.exec(declaration)?.[1] ?? 'UTF-8';
  if (encoding.toUpperCase() !== 'UTF-8') return failure('another encoding than UTF-8');
  try {
    return success(new Reader(text, declaration.length, limits).read());
  } catch (error) {
    if (error instanceof XmlError) return failure(error.message);
    throw error;
  }
}

class XmlError extends Error {}

class Reader {
  readonly #text: string;
  readonly #limits: XmlLimits;
  readonly #open: OpenElement[] = [];
  #at: number;
  #nodes = 0;
  #root: XmlElement | null = null;

  constructor(text: string, at: number, limits: XmlLimits) {
    this.#text = text;
    this.#at = at;
    this.#limits = limits;
  }

  read(): XmlElement {
    while (this.#at < this.#text.length) this.#readNext();
    if (this.#root === null || this.#open.length > 0) throw new XmlError('unfinished');
    return this.#root;
  }

  #readNext(): void {
    const start = this.#at;
    const words = this.#take(TEXT);
    if (words !== null) this.#addText(words[0]);
    else if (this.#text.startsWith('<!--', start)) this.#skipComment();
    else this.#readTag(start);
  }

  #readTag(start: number): void {
    const opening = this.#take(OPEN_TAG);
    const closing = opening === null ? this.#take(CLOSE_TAG) : null;
    if (opening !== null) this.#openElement(opening[1] ?? '', start);
    else if (closing !== null) this.#closeElement(closing[1] ?? '');
    else throw new XmlError('markup that is not admitted');
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at += found[0].length;
    return found;
  }

  #count(nodes: number): void {
    this.#nodes += nodes;
    if (this.#nodes > this.#limits.maxNodes) throw new XmlError('too many nodes');
  }

  #addText(raw: string): void {
    this.#count(1);
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      if (!BLANK.test(raw)) throw new XmlError('text outside the root');
      return;
    }
    const text = decodeText(raw);
    if (text === null) throw new XmlError('a character or reference that is not admitted');
    const before = parent.children.at(-1);
    // A comment between two texts never cuts one off.
    if (typeof before === 'string') parent.children[parent.children.length - 1] = before + text;
    else parent.children.push(text);
  }

  /** Two hyphens end a comment, and nothing but `>` may follow them. */
  #skipComment(): void {
    const end = this.#text.indexOf('--', this.#at + 4);
    if (end < 0 || this.#text[end + 2] !== '>') throw new XmlError('markup that is not admitted');
    this.#count(1);
    this.#at = end + 3;
  }

  #readAttributes(): readonly RawAttribute[] {
    const read: RawAttribute[] = [];
    for (let next = this.#take(ATTRIBUTE); next !== null; next = this.#take(ATTRIBUTE)) {
      this.#count(1);
      const value = decodeAttribute(next[2] ?? next[3] ?? '');
      if (value === null) throw new XmlError('a character or reference that is not admitted');
      read.push({ name: next[1] ?? '', value });
    }
    return read;
  }

  #openElement(qualifiedName: string, start: number): void {
    if (this.#root !== null) throw new XmlError('more than one root');
    if (this.#open.length >= this.#limits.maxDepth) throw new XmlError('too deep');
    this.#count(1);
    const raw = this.#readAttributes();
    const tagEnd = this.#take(TAG_END);
    if (tagEnd === null) throw new XmlError('markup that is not admitted');
    const scope = declare(this.#open.at(-1)?.scope ?? new Map([['xml', XML_NAMESPACE]]), raw);
    const attributes = resolveAttributes(raw, scope);
    const { prefix, name } = split(qualifiedName);
    const namespace = prefix === '' ? (scope.get('') ?? '') : resolve(prefix, scope);
    this.#open.push({ qualifiedName, element: { namespace, name, attributes, start }, children: [], scope });
    if (tagEnd[1] === '/') this.#closeElement(qualifiedName);
  }

  #closeElement(qualifiedName: string): void {
    const closed = this.#open.pop();
    if (closed?.qualifiedName !== qualifiedName) throw new XmlError('tags that do not balance');
    const element = { ...closed.element, children: closed.children, end: this.#at };
    const parent = this.#open.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }
}

function split(qualifiedName: string): { readonly prefix: string; readonly name: string } {
  const colon = qualifiedName.indexOf(':');
  return { prefix: qualifiedName.slice(0, Math.max(colon, 0)), name: qualifiedName.slice(colon + 1) };
}

function resolve(prefix: string, scope: Scope): string {
  const namespace = scope.get(prefix);
  if (namespace === undefined) throw new XmlError('a prefix that is not declared');
  return namespace;
}

/** The prefix that an attribute declares: empty for the default namespace, null where it declares none. */
const declaredPrefix = ({ name }: RawAttribute): string | null =>
  name === 'xmlns' ? '' : name.startsWith('xmlns:') ? name.slice(6) : null;

function declare(outer: Scope, attributes: readonly RawAttribute[]): Scope {
  let scope: Map<string, string> | null = null;
  for (const attribute of attributes) {
    const prefix = declaredPrefix(attribute);
    if (prefix === null) continue;
    const reserved = attribute.value === XML_NAMESPACE || attribute.value === XMLNS_NAMESPACE;
    if (prefix === 'xml' || prefix === 'xmlns' || reserved || (prefix !== '' && attribute.value === '')) {
      throw new XmlError('a namespace declaration that is not admitted');
    }
    scope ??= new Map(outer);
    scope.set(prefix, attribute.value);
  }
  return scope ?? outer;
}

function resolveAttributes(raw: readonly RawAttribute[], scope: Scope): readonly XmlAttribute[] {
  const seen = new Set<string>();
  const attributes: XmlAttribute[] = [];
  for (const attribute of raw) {
    if (declaredPrefix(attribute) !== null) {
      requireNew(seen, `xmlns ${attribute.name}`);
      continue;
    }
    const { prefix, name } = split(attribute.name);
    const namespace = prefix === '' ? '' : resolve(prefix, scope);
    requireNew(seen, `${name} ${namespace}`);
    attributes.push({ namespace, name, value: attribute.value });
  }
  return attributes;
}

function requireNew(seen: Set<string>, name: string): void {
  if (seen.has(name)) throw new XmlError('an attribute given twice');
  seen.add(name);
}
