import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseXml, type XmlElement } from '../../../src/core/saml/xml.ts';
import { textOf } from '../../../src/core/saml/xml-query.ts';
import { escapeXmlText } from '../../../src/core/saml/xml-text.ts';

const read = (text: string): XmlElement => {
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Error(parsed.failure);
  return parsed.value;
};

describe('what is read', () => {
  test('names, namespaces, attributes and texts', () => {
    expect(
      read(
        '<?xml version="1.0"?>\n<a:b xmlns:a="urn:x" xmlns="urn:y" c=\'1&amp;2\' a:d="&#x41;"><c/>t</a:b>\n',
      ),
    ).toMatchObject({
      namespace: 'urn:x',
      name: 'b',
      attributes: [
        { namespace: '', name: 'c', value: '1&2' },
        { namespace: 'urn:x', name: 'd', value: 'A' },
      ],
      children: [{ namespace: 'urn:y', name: 'c', children: [] }, 't'],
    });
  });

  test('a byte order mark may stand in front, once', () => {
    expect([read('\uFEFF<a/>').name, read('\uFEFF<?xml version="1.0"?><a/>').name]).toEqual(['a', 'a']);
    for (const text of ['\uFEFF\uFEFF<a/>', ' \uFEFF<a/>', '<a/>\uFEFF'])
      expect(parseXml(text).ok).toBe(false);
  });

  test('the texts around a comment are one', () => {
    expect(textOf(read('<a>alice<!-- x -->.evil<!----></a>'))).toBe('alice.evil');
    expect(textOf(read('<a>alice<b/>.evil</a>'))).toBeNull();
  });

  test('a declaration holds for its element and those inside, and can be changed there', () => {
    const [inner] = read('<a xmlns="urn:x"><b xmlns="urn:y"><c/></b><d/></a>').children as XmlElement[];
    expect(inner?.children[0]).toMatchObject({ namespace: 'urn:y' });
  });

  test('any text survives writing and reading', () => {
    const character = fc
      .string({ unit: 'grapheme' })
      .filter((text) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text));
    fc.assert(
      fc.property(character, (text) => {
        expect(textOf(read(`<a>${escapeXmlText(text)}</a>`))).toBe(text.replace(/\n/g, '\n'));
      }),
    );
  });
});

test('whatever is read, another parser reads the same way', () => {
  const name = fc.constantFrom('a', 'b', 'p:a', 'q:b');
  const text = fc.constantFrom('', 'x', ' ', '&amp;', '&#65;', '<!-- c -->', 'é', '\n', '"', "'", '>');
  const attribute = fc.constantFrom(
    '',
    ' c="1"',
    " d='&lt;'",
    ' p:e="2"',
    ' xmlns:q="urn:z"',
    ' xmlns="urn:w"',
  );
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc
      .tuple(
        name,
        fc.array(attribute, { maxLength: 3 }),
        fc.array(fc.oneof({ maxDepth: 4 }, text, tie('tree')), { maxLength: 4 }),
      )
      .map(([tag, attributes, children]) => `<${tag}${attributes.join('')}>${children.join('')}</${tag}>`),
  }));
  let accepted = 0;
  fc.assert(
    fc.property(tree, (inside) => {
      const document = `<r xmlns:p="urn:p" xmlns:q="urn:q">${inside}</r>`;
      const parsed = parseXml(document);
      if (!parsed.ok) return;
      accepted += 1;
      expect(shape(parsed.value)).toEqual(
        domShape(new DOMParser().parseFromString(document, 'text/xml').documentElement as never),
      );
    }),
    { numRuns: 500 },
  );
  expect(accepted).toBeGreaterThan(100);
});

const shape = (element: XmlElement): unknown => [
  element.namespace,
  element.name,
  element.attributes.map(({ namespace, name, value }) => `${namespace} ${name}=${value}`).sort(),
  element.children.map((child) => (typeof child === 'string' ? child : shape(child))),
];

interface DomNode {
  readonly nodeType: number;
  readonly namespaceURI: string | null;
  readonly localName: string;
  readonly data: string;
  readonly attributes: ArrayLike<{
    namespaceURI: string | null;
    localName: string;
    prefix: string | null;
    name: string;
    value: string;
  }>;
  readonly childNodes: ArrayLike<DomNode>;
}

function domShape(element: DomNode): unknown {
  const children: unknown[] = [];
  for (const child of Array.from(element.childNodes)) {
    const last = children.at(-1);
    if (child.nodeType === 1) children.push(domShape(child));
    else if (child.nodeType !== 3) continue;
    else if (typeof last === 'string') children[children.length - 1] = last + child.data;
    else children.push(child.data);
  }
  const attributes = Array.from(element.attributes)
    .filter(({ name, prefix }) => name !== 'xmlns' && prefix !== 'xmlns')
    .map(({ namespaceURI, localName, value }) => `${namespaceURI ?? ''} ${localName}=${value}`);
  return [element.namespaceURI ?? '', element.localName, attributes.sort(), children];
}

test.each([
  '',
  ' ',
  'x',
  '<a>',
  '</a>',
  '<a/><b/>',
  'x<a/>',
  '<a/>x',
  '<a><b></a></b>',
  '<!DOCTYPE a><a/>',
  '<a>&b;</a>',
  '<a>&</a>',
  '<a>&#0;</a>',
  '<a>&#xD800;</a>',
  '<a>&#x110000;</a>',
  '<a>\u0001</a>',
  '<a>]]></a>',
  '<a><![CDATA[x]]></a>',
  '<?x y?><a/>',
  '<a><?x y?></a>',
  '<?xml version="1.1"?><a/>',
  '<?xml version="1.0" encoding="UTF-16"?><a/>',
  '<a b=1/>',
  '<a b/>',
  '<a b="1"c="2"/>',
  '<a b="<"/>',
  '<a b="1" b="2"/>',
  '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>',
  '<p:a/>',
  '<a p:b="1"/>',
  '<a xmlns:p=""/>',
  '<a xmlns:xml="u"/>',
  '<a xmlns:xmlns="u"/>',
  '<a:b:c xmlns:a="u"/>',
  '< a/>',
  '<a><!-- -- --></a>',
  '<a><!-- </a>',
  '<é/>',
])('%j is refused', (text) => {
  expect(parseXml(text).ok).toBe(false);
});

test('size, depth and number of nodes are bounded', () => {
  const limits = { maxCharacters: 100, maxDepth: 3, maxNodes: 5 };
  const ok = (text: string) => parseXml(text, limits).ok;
  expect([ok(`<a>${'x'.repeat(93)}</a>`), ok(`<a>${'x'.repeat(94)}</a>`)]).toEqual([true, false]);
  expect([ok('<a><a><a/></a></a>'), ok('<a><a><a><a/></a></a></a>')]).toEqual([true, false]);
  expect([ok('<a><b/><b/><b/><b/></a>'), ok('<a><b/><b/><b/><b/><b/></a>')]).toEqual([true, false]);
  expect([ok('<a b="1" c="1" d="1" e="1"/>'), ok('<a b="1" c="1" d="1" e="1" f="1"/>')]).toEqual([
    true,
    false,
  ]);
});

test('any text is read or refused, and never throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof parseXml(text).ok === 'boolean'));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('<', '>', '/', 'a', '=', '"', ' ', '&', ';', '!', '-', '?', ':') }),
      (text) => typeof parseXml(text).ok === 'boolean',
    ),
  );
});
