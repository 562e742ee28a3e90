/**
 * SECURITY rows C1 to C8 once more, on what real products sent: each recorded response, changed in one way, must be refused or say exactly
 * what it said before.
 */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { signElement } from '../../dev/peers/saml/sign.ts';
import { makeSamlKey, type SamlSigningKey } from '../../dev/peers/saml/signing-key.ts';
import {
  addressesOf,
  type RecordedIdp,
  type Recording,
  recordedIdps,
  recordingOf,
  verifyRecording,
  xmlOf,
} from '../helpers/recorded-saml.ts';

type Edit = (xml: string) => string;
interface Base {
  readonly idp: RecordedIdp;
  readonly recording: Recording;
  readonly isResponseSigned: boolean;
  readonly isAssertionSigned: boolean;
}

const BASES: readonly [string, Base][] = recordedIdps.flatMap((idp) =>
  idp.recordings
    .filter(({ name }) => ['signed twice', 'assertion signed', 'response signed'].includes(name))
    .map((recording): [string, Base] => [
      `${idp.product}, ${recording.name}`,
      {
        idp,
        recording,
        isResponseSigned: recording.name !== 'assertion signed',
        isAssertionSigned: recording.name !== 'response signed',
      },
    ]),
);

let stranger: SamlSigningKey;
beforeAll(async () => {
  stranger = await makeSamlKey(1_795_000_000);
});

const outcomeOf = async ({ idp, recording }: Base, xml: string): Promise<string> => {
  const verified = await verifyRecording(idp, recording, { xml });
  return verified.ok ? verified.value.subject.nameId : `refused: ${verified.failure.why}`;
};

const assertionIn = (xml: string): string => /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)?.[0] ?? '';
const SIGNATURE = /<(ds:)?Signature [\s\S]*?<\/\1Signature>/;
const signatureIn = (xml: string): string => SIGNATURE.exec(xml)?.[0] ?? '';
const without: Edit = (xml) => xml.replace(SIGNATURE, '');
const asBob: Edit = (xml) => xml.replace('>alice@corp', '>bob@corp');
const otherId: Edit = (xml) => xml.replace(/ ID="[^"]*"/, ' ID="_forged"');
const forged: Edit = (xml) => without(otherId(asBob(assertionIn(xml))));
/** With namespaces of its own, so that it can stand anywhere. */
const alone: Edit = (xml) =>
  assertionIn(xml).replace(
    '<saml:Assertion',
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"',
  );
const closeSignature = (signature: string, inside: string): string =>
  signature.replace(
    /<\/(ds:)?Signature>$/,
    (_all, prefix = '') => `<${prefix}Object>${inside}</${prefix}Object></${prefix}Signature>`,
  );

/** Somebody else's assertion beside, around, or inside the one that was signed. */
const WRAPPINGS: readonly [string, Edit][] = [
  [
    'a forged response around, the signed one in its signature',
    (xml) => {
      const shell = otherId(asBob(xml)).replace(assertionIn(asBob(xml)), forged(xml));
      return shell.replace(SIGNATURE, () => closeSignature(signatureIn(xml), without(xml)));
    },
  ],
  [
    'a forged response around, the signed one before the signature',
    (xml) => {
      const shell = otherId(asBob(xml)).replace(assertionIn(asBob(xml)), forged(xml));
      return shell.replace(
        '<samlp:Status>',
        () => `<samlp:Extensions>${xml}</samlp:Extensions><samlp:Status>`,
      );
    },
  ],
  [
    'a forged assertion before the signed one',
    (xml) => xml.replace('<saml:Assertion', () => `${forged(xml)}<saml:Assertion`),
  ],
  [
    'a forged assertion behind the signed one',
    (xml) => xml.replace('</samlp:Response>', () => `${forged(xml)}</samlp:Response>`),
  ],
  [
    'the signed one inside the forged',
    (xml) =>
      xml.replace(assertionIn(xml), () =>
        forged(xml).replace('</saml:Assertion>', () => `${assertionIn(xml)}</saml:Assertion>`),
      ),
  ],
  [
    'the signed one in the subject of the forged',
    (xml) =>
      xml.replace(assertionIn(xml), () =>
        forged(xml).replace(
          '</saml:Subject>',
          () => `</saml:Subject><saml:Advice>${assertionIn(xml)}</saml:Advice>`,
        ),
      ),
  ],
  [
    'the forged one with the signature, the signed one at the end',
    (xml) =>
      xml.replace(assertionIn(xml), () => `${otherId(asBob(assertionIn(xml)))}${without(assertionIn(xml))}`),
  ],
  [
    'the signed one in the signature of the forged',
    (xml) => {
      const inner = assertionIn(xml);
      const signature = closeSignature(signatureIn(inner) || signatureIn(xml), without(inner));
      return xml.replace(inner, () =>
        forged(xml).replace('<saml:Subject>', () => `${signature}<saml:Subject>`),
      );
    },
  ],
  [
    'the forged one in extensions',
    (xml) =>
      xml.replace(
        '<samlp:Status>',
        () => `<samlp:Extensions>${forged(xml)}</samlp:Extensions><samlp:Status>`,
      ),
  ],
  [
    'the signed one in extensions',
    (xml) =>
      xml
        .replace(assertionIn(xml), () => forged(xml))
        .replace(
          '<samlp:Status>',
          () => `<samlp:Extensions>${assertionIn(xml)}</samlp:Extensions><samlp:Status>`,
        ),
  ],
  [
    'the same id twice',
    (xml) => xml.replace('</samlp:Response>', () => `${asBob(assertionIn(xml))}</samlp:Response>`),
  ],
  ['a second root', (xml) => `${xml}${asBob(xml)}`],
];

/** One thing that was signed, changed. */
const CHANGES: readonly [string, Edit][] = [
  ['the name', asBob],
  ['the name by a comment that opens', (xml) => xml.replace('>alice@corp', '>bob<!--alice-->@corp')],
  ['the name’s format', (xml) => xml.replace('nameid-format:persistent"', 'nameid-format:transient"')],
  ['the recipient', (xml) => xml.replace(/ Recipient="[^"]*"/, ' Recipient="https://evil.example.com/"')],
  ['the audience', (xml) => xml.replace(/<saml:Audience>[^<]*/, '<saml:Audience>https://evil.example.com')],
  [
    'another audience beside',
    (xml) =>
      xml.replace(
        '<saml:Audience>',
        '<saml:Audience>https://evil.example.com</saml:Audience><saml:Audience>',
      ),
  ],
  [
    'the request of the confirmation',
    (xml) => xml.replace(/(SubjectConfirmationData [^>]*InResponseTo=")[^"]*/, '$1_other'),
  ],
  [
    'no request of the confirmation',
    (xml) => xml.replace(/(SubjectConfirmationData [^>]*) InResponseTo="[^"]*"/, '$1'),
  ],
  ['the end', (xml) => xml.replace(/(SubjectConfirmationData [^>]*NotOnOrAfter=")2026/, '$12036')],
  ['the end of the conditions', (xml) => xml.replace(/(<saml:Conditions [^>]*NotOnOrAfter=")2026/, '$12036')],
  [
    'the end of the session',
    (xml) => xml.replace(/ SessionNotOnOrAfter="2026/, ' SessionNotOnOrAfter="2036'),
  ],
  ['no end of the session', (xml) => xml.replace(/ SessionNotOnOrAfter="[^"]*"/, '')],
  [
    'the issuer of the assertion',
    (xml) =>
      xml.replace(assertionIn(xml), (inner) =>
        inner.replace(/<saml:Issuer>[^<]*/, '<saml:Issuer>https://evil.example.com'),
      ),
  ],
  ['the role', (xml) => xml.replace('role/reader', 'role/admin')],
  [
    'a group more',
    (xml) =>
      xml.replace(/(<saml:AttributeValue[^>]*>)[^<]*everybody-reads/, '$1admins</saml:AttributeValue>$&'),
  ],
  [
    'an attribute more',
    (xml) =>
      xml.replace(
        '</saml:AttributeStatement>',
        '<saml:Attribute Name="admin"><saml:AttributeValue>true</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>',
      ),
  ],
  [
    'a statement more',
    (xml) =>
      xml.replace(
        '</saml:Assertion>',
        '<saml:AttributeStatement><saml:Attribute Name="admin"><saml:AttributeValue>true</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>',
      ),
  ],
  [
    'how somebody signed in',
    (xml) => xml.replace(/(<saml:AuthnContextClassRef>)[^<]*/, '$1https://refeds.org/profile/mfa'),
  ],
  [
    'a digest',
    (xml) => xml.replace(/(DigestValue>)(.)/, (_all, tag, first) => `${tag}${first === 'A' ? 'B' : 'A'}`),
  ],
  ['a comment in the digest', (xml) => xml.replace(/DigestValue>/, 'DigestValue><!--AAAA-->')],
  [
    'a signature value',
    (xml) => xml.replace(/(SignatureValue>)(.)/, (_all, tag, first) => `${tag}${first === 'A' ? 'B' : 'A'}`),
  ],
  ['no signature value', (xml) => xml.replace(/SignatureValue>[^<]*/, 'SignatureValue>')],
  [
    'an HMAC',
    (xml) =>
      xml.replace(/(SignatureMethod Algorithm=")[^"]*/, '$1http://www.w3.org/2000/09/xmldsig#hmac-sha256'),
  ],
  ['no canonicalization', (xml) => xml.replace(/(CanonicalizationMethod Algorithm=")[^"]*/, '$1urn:none')],
  [
    'another order of transforms',
    (xml) =>
      xml.replace(
        /(<(?:ds:)?Transform Algorithm="[^"]*enveloped-signature"\/>)(\s*)(<(?:ds:)?Transform Algorithm="[^"]*"\/>)/,
        '$3$2$1',
      ),
  ],
  [
    'a document type',
    (xml) => `<!DOCTYPE a [<!ENTITY b "bob@corp.example.com">]>${xml.replace(/>alice@corp[^<]*/, '>&b;')}`,
  ],
  ['character data', (xml) => xml.replace(/>(alice@corp[^<]*)</, '><![CDATA[$1]]><')],
  ['a processing instruction', (xml) => xml.replace(/>alice@corp/, '><?a b?>alice@corp')],
];

describe.each(BASES)('%s', (_name, base) => {
  const xml = xmlOf(base.recording);

  test('as it came, it is believed', async () => {
    expect(await outcomeOf(base, xml)).toBe('alice@corp.example.com');
  });

  test.each(WRAPPINGS)('%s: refused', async (_what, edit) => {
    expect(edit(xml)).not.toBe(xml);
    expect(await outcomeOf(base, edit(xml))).toMatch(/^refused: (?:malformed|signature)$/);
  });

  test.each(CHANGES)('changed is %s: refused', async (_what, edit) => {
    expect(edit(xml)).not.toBe(xml);
    expect(await outcomeOf(base, edit(xml))).toMatch(/^refused: (?:malformed|signature)$/);
  });

  test('comments and other quotes change nothing', async () => {
    for (const edit of [
      (text: string) => text.replace('>alice@corp', '>alice<!-- x -->@corp'),
      (text: string) => text.replace('>alice@corp', '><!-- -->alice@corp'),
      (text: string) => text.replace(/ Recipient="([^"]*)"/, " Recipient='$1'"),
      (text: string) => `<?xml version="1.0" encoding="UTF-8"?>\n<!-- x -->${text}\n`,
    ]) {
      expect(edit(xml)).not.toBe(xml);
      expect(await outcomeOf(base, edit(xml))).toBe('alice@corp.example.com');
    }
  });

  test('of its signatures one is enough, none is not', async () => {
    const inner = assertionIn(xml);
    const withoutOuter = base.isResponseSigned ? without(xml) : xml;
    const withoutInner = xml.replace(inner, () => without(inner));
    expect(await outcomeOf(base, withoutOuter)).toBe(
      base.isAssertionSigned ? 'alice@corp.example.com' : 'refused: signature',
    );
    // what the response's signature covers is the assertion with its own signature
    expect(await outcomeOf(base, withoutInner)).toBe(
      base.isAssertionSigned ? 'refused: signature' : 'alice@corp.example.com',
    );
    expect(await outcomeOf(base, without(without(xml)))).toBe('refused: signature');
  });

  test('signed anew by a stranger, whole or in part, it is refused', async () => {
    const bob = asBob(xml);
    const id = / ID="([^"]*)"/.exec(assertionIn(xml))?.[1] ?? '';
    const responseId = / ID="([^"]*)"/.exec(xml)?.[1] ?? '';
    const bare = without(without(bob));
    const signed = [signElement(bare, id, stranger), signElement(bare, responseId, stranger)];
    if (!base.isResponseSigned) signed.push(signElement(xml, responseId, stranger));
    for (const each of signed) expect(await outcomeOf(base, each)).toBe('refused: signature');
  });

  test('an assertion for another service, in its place', async () => {
    for (const name of ['no role', 'unsolicited', 'letters of other languages']) {
      const other = assertionIn(xmlOf(recordingOf(base.idp, name)));
      const swapped = xml.replace(assertionIn(xml), () => other);
      const unsigned = base.isResponseSigned ? without(swapped) : swapped;
      expect(await outcomeOf(base, unsigned)).toBe('refused: audience');
      expect(await outcomeOf(base, swapped)).toBe(
        `refused: ${base.isResponseSigned ? 'signature' : 'audience'}`,
      );
    }
  });

  test('around a signed assertion, what nobody signed must fit all the same', async () => {
    if (!base.isAssertionSigned) return;
    const envelope = base.isResponseSigned ? without(xml) : xml;
    const outer = (from: string | RegExp, to: string): string => {
      const [head = ''] = envelope.split('<saml:Assertion');
      if (head.replace(from, to) === head) throw new Error(`nothing to change: ${from}`);
      return envelope.replace(head, () => head.replace(from, to));
    };
    expect(
      await outcomeOf(base, outer(/ Destination="[^"]*"/, ' Destination="https://evil.example.com/"')),
    ).toBe('refused: destination');
    expect(await outcomeOf(base, outer(/ InResponseTo="[^"]*"/, ' InResponseTo="_other"'))).toBe(
      'refused: request',
    );
    expect(await outcomeOf(base, outer(/ InResponseTo="[^"]*"/, ''))).toBe('refused: request');
    expect(await outcomeOf(base, outer(/<saml:Issuer>[^<]*/, '<saml:Issuer>https://evil.example.com'))).toBe(
      'refused: issuer',
    );
    expect(await outcomeOf(base, outer(/status:Success/, 'status:Requester'))).toBe('refused: status');
    expect(await outcomeOf(base, outer(/ Version="2.0"/, ' Version="1.1"'))).toBe('refused: malformed');
  });

  test('an assertion by itself is no answer to a browser', async () => {
    expect(await outcomeOf(base, alone(xml))).toBe('refused: malformed');
  });
});

describe('encrypted', () => {
  test.each(recordedIdps.map((idp) => [idp.product, idp] as const))(
    '%s: what is changed, taken out of its envelope, or another’s is refused',
    async (_product, idp) => {
      const recording = recordingOf(idp, 'encrypted');
      const base = { idp, recording, isResponseSigned: true, isAssertionSigned: true };
      const xml = xmlOf(recording);
      expect(await outcomeOf(base, xml)).toBe('anne@corp.example.com');
      const flipped = xml.replace(
        /(<(?:xenc:)?CipherValue>\s*)(.)/g,
        (_all, tag, first) => `${tag}${first === 'A' ? 'B' : 'A'}`,
      );
      expect(await outcomeOf(base, flipped)).toBe('refused: signature');
      // AES-CBC without a signature around it is not even tried
      expect(await outcomeOf(base, without(xml))).toBe('refused: encryption');
      const plain = xmlOf(recordingOf(idp, 'letters of other languages'));
      const swapped = xml.replace(/<saml:EncryptedAssertion>[\s\S]*<\/saml:EncryptedAssertion>/, () =>
        assertionIn(plain),
      );
      expect(await outcomeOf(base, swapped)).toBe('refused: signature');
      expect(await outcomeOf(base, without(swapped))).toBe('refused: audience');
    },
  );
});

test('whichever letter is changed, nobody becomes somebody else', async () => {
  const sayingOf = async (base: Base, xml: string): Promise<string | null> => {
    const verified = await verifyRecording(base.idp, base.recording, { xml });
    if (!verified.ok) return null;
    return JSON.stringify({ ...verified.value, attributes: [...verified.value.attributes] });
  };
  const bases = await Promise.all(
    BASES.map(async ([, base]) => ({
      base,
      xml: xmlOf(base.recording),
      said: await sayingOf(base, xmlOf(base.recording)),
    })),
  );
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bases),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.constantFrom('', ' ', 'A', '"', '<', '>', '/', '&', '<!---->', '<a/>', 'é', '\r'),
      fc.integer({ min: 0, max: 2 }),
      async ({ base, xml, said }, where, letter, removed) => {
        const at = Math.floor(where * xml.length);
        const saying = await sayingOf(base, xml.slice(0, at) + letter + xml.slice(at + removed));
        if (saying === null) refused += 1;
        else expect(saying).toBe(said);
      },
    ),
    { numRuns: 400 },
  );
  expect(refused).toBeGreaterThan(200);
});

test('recorded for addresses that are made up', () => {
  for (const [, { recording }] of BASES) {
    expect(addressesOf(recording).assertionConsumerUrl).toMatch(
      /^https:\/\/broker\.example\.com\/saml\/SAMLSP/,
    );
  }
});
