/** SAML as an attacker would try it: SECURITY rows C1 to C9 and the bugs that other implementations had. */
import { UpdateSAMLProviderCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encryptAssertion } from '../../dev/peers/saml/encrypt.ts';
import { standInMetadata } from '../../dev/peers/saml/metadata.ts';
import { signElement } from '../../dev/peers/saml/sign.ts';
import { makeSamlKey, type SamlSigningKey } from '../../dev/peers/saml/signing-key.ts';
import { parseMetadata } from '../../src/core/saml/metadata.ts';
import { refusal } from '../doors/aws/iam/support.ts';
import { IDP_ENTITY_ID, makeSamlIdp, type Saying } from '../helpers/saml-idp.ts';
import { base64, type SamlScenario, startSamlScenario } from '../helpers/saml-scenario.ts';

let saml: SamlScenario;
let stranger: SamlSigningKey;
beforeAll(async () => {
  saml = await startSamlScenario();
  stranger = await makeSamlKey(saml.daypass.nowSeconds());
});
afterAll(() => saml.stop());

const UNVERIFIED = {
  name: 'InvalidIdentityTokenException',
  status: 400,
  message: 'the SAML response could not be verified',
};
const invalid = (message: string) => ({ ...UNVERIFIED, message });
const subjectOf = async (xml: string) => (await saml.assume(xml)).Subject;

/** A whole assertion of alice, signed, cut out of its response. */
const assertionIn = (xml: string): string => /<saml:Assertion .*<\/saml:Assertion>/s.exec(xml)?.[0] ?? '';
const signatureIn = (xml: string): string => /<ds:Signature .*?<\/ds:Signature>/s.exec(xml)?.[0] ?? '';
const otherId = (xml: string): string => xml.replace(/ ID="[^"]*"/, ' ID="_evil"');
const asBob = (xml: string): string => xml.replace('>alice</saml:NameID>', '>bob</saml:NameID>');

describe('C1: who is read only from the bytes that were signed', () => {
  test('a changed name, in an assertion or in a response that is signed, is refused', async () => {
    for (const signed of ['assertion', 'response', 'both'] as const) {
      const xml = await saml.say({ signed });
      expect(await refusal(saml.assume(asBob(xml)))).toEqual(UNVERIFIED);
      expect(await subjectOf(xml)).toBe('alice');
    }
  });

  test('nothing signed is refused', async () => {
    expect(await refusal(saml.assume(await saml.say({ signed: 'nothing' })))).toEqual(UNVERIFIED);
  });

  test.for<[string, (xml: string) => string]>([
    [
      'a forged assertion before the signed one',
      (xml) =>
        xml.replace(
          '<saml:Assertion',
          `${otherId(asBob(assertionIn(xml))).replace(signatureIn(xml), '')}<saml:Assertion`,
        ),
    ],
    [
      'a forged assertion behind the signed one',
      (xml) => xml.replace('</samlp:Response>', `${otherId(asBob(assertionIn(xml)))}</samlp:Response>`),
    ],
    [
      'the same id twice',
      (xml) => xml.replace('</samlp:Response>', `${asBob(assertionIn(xml))}</samlp:Response>`),
    ],
    [
      'the signed one in extensions',
      (xml) =>
        xml.replace(
          assertionIn(xml),
          `<samlp:Extensions>${assertionIn(xml)}</samlp:Extensions>${otherId(asBob(assertionIn(xml))).replace(signatureIn(xml), '')}`,
        ),
    ],
    [
      'the signed one in an Object of its own signature',
      (xml) => {
        const inner = assertionIn(xml);
        const forged = asBob(otherId(inner)).replace(
          '</ds:Signature>',
          `<ds:Object>${inner}</ds:Object></ds:Signature>`,
        );
        return xml.replace(inner, forged);
      },
    ],
    [
      'the signed one inside the forged',
      (xml) =>
        xml.replace(
          assertionIn(xml),
          otherId(asBob(assertionIn(xml)))
            .replace('</saml:Subject>', `</saml:Subject>${assertionIn(xml)}`)
            .replace(signatureIn(xml), ''),
        ),
    ],
    [
      'the whole response inside a forged one',
      (xml) => {
        const forged = otherId(asBob(xml)).replace(
          assertionIn(asBob(xml)),
          otherId(asBob(assertionIn(xml))).replace(signatureIn(xml), ''),
        );
        return forged.replace(
          '</samlp:Status>',
          `</samlp:Status><samlp:Extensions>${xml}</samlp:Extensions>`,
        );
      },
    ],
    ['a second root', (xml) => `${xml}${asBob(xml)}`],
    [
      'a second subject',
      (xml) =>
        xml.replace(
          '<saml:Subject>',
          '<saml:Subject><saml:NameID>bob</saml:NameID></saml:Subject><saml:Subject>',
        ),
    ],
  ])('%s is refused', async ([, wrap]) => {
    const xml = await saml.say();
    expect(wrap(xml)).not.toBe(xml);
    expect(await refusal(saml.assume(wrap(xml)))).toEqual(UNVERIFIED);
    expect(await subjectOf(xml)).toBe('alice');
  });

  test('two subjects and two names are refused, even where they are signed', async () => {
    const doubled = (xml: string): string => xml.replace(/(<saml:NameID .*?<\/saml:NameID>)/, '$1$1');
    expect(await refusal(saml.assume(await saml.say({ editAssertion: doubled })))).toEqual(
      invalid('the SAML response has no usable subject'),
    );
  });
});

describe('C2: only a configured certificate, and only strong algorithms', () => {
  test('another key is refused, though the message carries its certificate', async () => {
    for (const signed of ['assertion', 'response', 'both'] as const) {
      expect(await refusal(saml.assume(await saml.say({ signed, key: stranger })))).toEqual(UNVERIFIED);
    }
  });

  test('a wrong signature is refused even where another one is right', async () => {
    const xml = await saml.say();
    const responseId = /<samlp:Response [^>]*ID="([^"]*)"/.exec(xml)?.[1] ?? '';
    expect(await refusal(saml.assume(signElement(xml, responseId, stranger)))).toEqual(UNVERIFIED);
  });

  test.each([
    'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
    'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  ])('the signature method %s is refused', async (signatureAlgorithm) => {
    expect(await refusal(saml.assume(await saml.say({ signature: { signatureAlgorithm } })))).toEqual(
      UNVERIFIED,
    );
  });

  test('an HMAC keyed with the public certificate is refused', async () => {
    const xml = (await saml.say()).replace(
      /(<ds:SignatureMethod Algorithm=")[^"]*/,
      '$1http://www.w3.org/2000/09/xmldsig#hmac-sha1',
    );
    expect(await refusal(saml.assume(xml))).toEqual(UNVERIFIED);
  });

  test('a SHA-1 digest is refused, SHA-512 is not', async () => {
    const digest = (digestAlgorithm: string) => saml.say({ signature: { digestAlgorithm } });
    expect(await refusal(saml.assume(await digest('http://www.w3.org/2000/09/xmldsig#sha1')))).toEqual(
      UNVERIFIED,
    );
    expect(await subjectOf(await digest('http://www.w3.org/2001/04/xmlenc#sha512'))).toBe('alice');
    const signatureAlgorithm = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512';
    expect(await subjectOf(await saml.say({ signature: { signatureAlgorithm } }))).toBe('alice');
  });

  test('when the provider changes its certificate, the old one counts no more (CVE-2026-28323)', async () => {
    const { daypass, providerArn, idp } = saml;
    const use = (...certificates: string[]) =>
      daypass.iam().send(
        new UpdateSAMLProviderCommand({
          SAMLProviderArn: providerArn,
          SAMLMetadataDocument: standInMetadata(IDP_ENTITY_ID, 'https://idp.example.com', certificates),
        }),
      );
    const [old, fresh] = [await saml.say(), await saml.say({ key: stranger })];
    await use(idp.key.certificate, stranger.certificate);
    expect([await subjectOf(old), await subjectOf(fresh)]).toEqual(['alice', 'alice']);
    await use(stranger.certificate);
    expect(await refusal(saml.assume(await saml.say()))).toEqual(UNVERIFIED);
    await use(idp.key.certificate);
    expect(await refusal(saml.assume(await saml.say({ key: stranger })))).toEqual(UNVERIFIED);
    expect(parseMetadata((await saml.show()).SAMLMetadataDocument ?? '', 'local')).toMatchObject({
      ok: true,
    });
    expect(await subjectOf(await saml.say())).toBe('alice');
  });
});

describe('C3: a signature has one form', () => {
  test.for<[string, (xml: string) => string]>([
    [
      'two SignedInfo (CVE-2025-29774)',
      (xml) => xml.replace(/(<ds:SignedInfo>.*?<\/ds:SignedInfo>)/s, '$1$1'),
    ],
    [
      'a comment in the digest (CVE-2025-29775)',
      (xml) => xml.replace('<ds:DigestValue>', '<ds:DigestValue><!--AAAA-->AAAA'),
    ],
    [
      'a comment before the right digest',
      (xml) => xml.replace('<ds:DigestValue>', '<ds:DigestValue><!--AAAA-->'),
    ],
    [
      'a comment in the signature’s value',
      (xml) => xml.replace('</ds:SignatureValue>', '<!----></ds:SignatureValue>'),
    ],
    ['two references', (xml) => xml.replace(/(<ds:Reference .*?<\/ds:Reference>)/s, '$1$1')],
    ['no reference', (xml) => xml.replace(/<ds:Reference .*?<\/ds:Reference>/s, '')],
    [
      'a reference to the whole document',
      (xml) => xml.replace(/<ds:Reference URI="[^"]*"/, '<ds:Reference URI=""'),
    ],
    [
      'a reference by XPointer',
      (xml) => xml.replace(/<ds:Reference URI="#([^"]*)"/, `<ds:Reference URI="#xpointer(id('$1'))"`),
    ],
    [
      'an XPath transform (CVE-2024-45409)',
      (xml) =>
        xml.replace(
          '</ds:Transforms>',
          '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>not(self::text())</ds:XPath></ds:Transform></ds:Transforms>',
        ),
    ],
    [
      'an XSLT transform',
      (xml) =>
        xml.replace(
          '<ds:Transforms>',
          '<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
        ),
    ],
    [
      'the enveloped transform twice (OneUptime 2981)',
      (xml) => xml.replace(/(<ds:Transform Algorithm="[^"]*enveloped-signature"\/>)/, '$1$1'),
    ],
    [
      'a decoy signature (OneUptime 2981)',
      (xml) => xml.replace('<samlp:Status>', `${signatureIn(xml)}<samlp:Status>`),
    ],
    ['a signature in a signature', (xml) => xml.replace('<ds:KeyInfo>', `<ds:KeyInfo>${signatureIn(xml)}`)],
    [
      'a void canonicalization (CVE-2025-66568)',
      (xml) => xml.replace(/(<ds:CanonicalizationMethod Algorithm=")[^"]*/, '$1urn:none'),
    ],
    ['an Object', (xml) => xml.replace('</ds:Signature>', '<ds:Object/></ds:Signature>')],
    ['an empty value', (xml) => xml.replace(/<ds:SignatureValue>[^<]*/, '<ds:SignatureValue>')],
  ])('%s is refused', async ([, edit]) => {
    const xml = await saml.say();
    expect(edit(xml)).not.toBe(xml);
    expect(await refusal(saml.assume(edit(xml)))).toEqual(UNVERIFIED);
  });

  test('inclusive canonicalization and a missing transform are refused, though rightly signed', async () => {
    const inclusive = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
    const enveloped = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
    for (const signature of [
      { canonicalization: inclusive },
      { transforms: [enveloped, inclusive] },
      { transforms: [enveloped] },
    ]) {
      expect(await refusal(saml.assume(await saml.say({ signature })))).toEqual(UNVERIFIED);
    }
  });
});

describe('C4, C5, C9: what the XML may be', () => {
  test.for<[string, (xml: string) => string]>([
    ['a document type', (xml) => `<!DOCTYPE a>${xml}`],
    ['an entity', (xml) => `<!DOCTYPE a [<!ENTITY b "bob">]>${asBob(xml).replace('>bob<', '>&b;<')}`],
    ['an external entity', (xml) => `<!DOCTYPE a SYSTEM "https://evil.example.com/x.dtd">${xml}`],
    ['a billion laughs', (xml) => `<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]>${xml}`],
    ['a processing instruction', (xml) => xml.replace('<samlp:Status>', '<?x y?><samlp:Status>')],
    ['a stylesheet', (xml) => `<?xml-stylesheet href="x"?>${xml}`],
    ['character data', (xml) => xml.replace('>alice<', '><![CDATA[alice]]><')],
    ['an attribute twice', (xml) => xml.replace(' Version="2.0"', ' Version="2.0" Version="2.0"')],
    ['another encoding', (xml) => `<?xml version="1.0" encoding="UTF-7"?>${xml}`],
    [
      '65 levels',
      (xml) => xml.replace('<samlp:Status>', `${'<a>'.repeat(64)}${'</a>'.repeat(64)}<samlp:Status>`),
    ],
    ['10,000 nodes', (xml) => xml.replace('<samlp:Status>', `${'<a/>'.repeat(10_000)}<samlp:Status>`)],
    ['no end', (xml) => xml.slice(0, -3)],
    ['an undeclared prefix', (xml) => xml.replace('<samlp:Status>', '<evil:x/><samlp:Status>')],
  ])('%s is refused', async ([, edit]) => {
    expect(await refusal(saml.assume(edit(await saml.say())))).toEqual(UNVERIFIED);
  });

  test('a comment never cuts a name off (CVE-2017-11427)', async () => {
    const split = (xml: string): string => xml.replace('>alice<', '>alice<!-- -->.evil.example.com<');
    expect(await subjectOf(await saml.say({ editAssertion: split }))).toBe('alice.evil.example.com');
    const late = (await saml.say({ content: { nameId: 'alice.evil.example.com' } })).replace(
      '>alice.',
      '>alice<!-- -->.',
    );
    expect(await subjectOf(late)).toBe('alice.evil.example.com');
  });

  test('an element in a name makes it no name', async () => {
    const inside = (xml: string): string => xml.replace('>alice<', '>alice<b>.evil</b><');
    expect(await refusal(saml.assume(await saml.say({ editAssertion: inside })))).toEqual(
      invalid('the SAML response has no usable subject'),
    );
  });

  test.each(['', ' ', '!!!!', 'PHNhbWw', '////', `${'A'.repeat(99_996)}====`])(
    'no response at all is refused: %j',
    async (SAMLAssertion) => {
      const name = SAMLAssertion.length < 4 ? 'ValidationError' : 'InvalidIdentityTokenException';
      expect(await refusal(saml.assume('', { SAMLAssertion }))).toMatchObject({ name, status: 400 });
    },
  );

  test('a deflated response is not inflated (CVE-2025-25293)', async () => {
    const { deflateRawSync } = await import('node:zlib');
    const SAMLAssertion = deflateRawSync(Buffer.from(await saml.say())).toString('base64');
    expect(await refusal(saml.assume('', { SAMLAssertion }))).toEqual(UNVERIFIED);
  });

  test('a hard document takes no time', async () => {
    for (const xml of [
      `<a${' '.repeat(70_000)}`,
      `<a ${'b='.repeat(35_000)}`,
      '<a b="'.repeat(11_000),
      '&#x41;'.repeat(11_000),
    ]) {
      const started = performance.now();
      await refusal(saml.assume(xml));
      expect(performance.now() - started).toBeLessThan(500);
    }
  });
});

describe('C6: whom it is for, from whom, when and about whom', () => {
  const now = () => saml.daypass.nowSeconds();
  const content = (over: NonNullable<Saying['content']>): Saying => ({ content: over });
  const edit = (from: string | RegExp, to: string): Saying => ({
    editAssertion: (xml) => {
      if (xml.replace(from, to) === xml) throw new Error(`nothing to edit: ${from}`);
      return xml.replace(from, to);
    },
  });
  const editAround = (from: string | RegExp, to: string): Saying => ({
    editResponse: (xml) => xml.replace(from, to),
  });
  const expired = expect.stringMatching(/^the SAML response has expired/);

  test.for<[string, () => Saying, string | RegExp]>([
    [
      'another audience',
      () => content({ audience: 'urn:amazon:webservices' }),
      'the SAML response is for another audience',
    ],
    [
      'no audience',
      () => edit(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, ''),
      'the SAML response is for another audience',
    ],
    [
      'an audience that only begins so',
      () => content({ audience: `${saml.target().entityId}x` }),
      'the SAML response is for another audience',
    ],
    [
      'a second restriction to others',
      () =>
        edit(
          '</saml:Conditions>',
          '<saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction></saml:Conditions>',
        ),
      'the SAML response is for another audience',
    ],
    [
      'another recipient',
      () => content({ recipient: 'https://signin.aws.amazon.com/saml', destination: null }),
      'the SAML response is for another recipient',
    ],
    ['no recipient', () => edit(/ Recipient="[^"]*"/, ''), 'the SAML response is for another recipient'],
    [
      'another destination',
      () => content({ destination: 'https://sp.example.com/acs' }),
      'the SAML response is for another destination',
    ],
    [
      'no destination of a signed response',
      () => ({ signed: 'response', content: { destination: null } }),
      'the SAML response is for another destination',
    ],
    [
      'another issuer',
      () => content({ issuer: 'https://evil.example.com' }),
      'the issuer of the SAML response is not that of the provider',
    ],
    [
      'another issuer of the response',
      () => editAround('metadata</saml:Issuer><samlp:Status>', 'x</saml:Issuer><samlp:Status>'),
      'the issuer of the SAML response is not that of the provider',
    ],
    [
      'no issuer of the response',
      () => editAround(/<saml:Issuer>[^<]*<\/saml:Issuer><samlp:Status>/, '<samlp:Status>'),
      'the issuer of the SAML response is not that of the provider',
    ],
    [
      'another issuer of the assertion',
      () => edit('metadata</saml:Issuer>', 'x</saml:Issuer>'),
      'the issuer of the SAML response is not that of the provider',
    ],
    ['version 1.1', () => edit(' Version="2.0"', ' Version="1.1"'), UNVERIFIED.message],
    ['a response of version 1.1', () => editAround(' Version="2.0"', ' Version="1.1"'), UNVERIFIED.message],
    [
      'no status',
      () => editAround(/<samlp:Status>.*<\/samlp:Status>/, ''),
      'the identity provider reported that the login failed',
    ],
    [
      'another confirmation than bearer',
      () => edit('cm:bearer', 'cm:sender-vouches'),
      'the SAML response has no usable subject',
    ],
    [
      'a holder-of-key confirmation',
      () => edit('cm:bearer', 'cm:holder-of-key'),
      'the SAML response has no usable subject',
    ],
    [
      'no confirmation',
      () => edit(/<saml:SubjectConfirmation .*<\/saml:SubjectConfirmation>/, ''),
      'the SAML response has no usable subject',
    ],
    [
      'a confirmation without end',
      () => edit(/<saml:SubjectConfirmationData NotOnOrAfter="[^"]*"/, '<saml:SubjectConfirmationData'),
      'the SAML response has no usable subject',
    ],
    [
      'a confirmation in the future',
      () =>
        edit(
          '<saml:SubjectConfirmationData',
          '<saml:SubjectConfirmationData NotBefore="2099-01-01T00:00:00Z"',
        ),
      'the SAML response is not valid yet',
    ],
    [
      'an answer to another request than its response',
      () => edit('<saml:SubjectConfirmationData', '<saml:SubjectConfirmationData InResponseTo="_x"'),
      'the SAML response does not answer the request',
    ],
    ['no conditions', () => edit(/<saml:Conditions.*<\/saml:Conditions>/, ''), UNVERIFIED.message],
    [
      'a condition that is not known',
      () => edit('</saml:Conditions>', '<saml:Condition/></saml:Conditions>'),
      'the SAML response has a condition that is not met',
    ],
    [
      'no authentication',
      () => edit(/<saml:AuthnStatement.*<\/saml:AuthnStatement>/, ''),
      UNVERIFIED.message,
    ],
    [
      'no subject',
      () => edit(/<saml:Subject>.*<\/saml:Subject>/, ''),
      'the SAML response has no usable subject',
    ],
    ['an empty name', () => content({ nameId: ' ' }), 'the SAML response has no usable subject'],
    ['a long name', () => content({ nameId: 'x'.repeat(256) }), 'the SAML response has no usable subject'],
    ['a time without zone', () => edit(/NotBefore="([^"]*)Z"/, 'NotBefore="$1"'), UNVERIFIED.message],
    [
      'a time that is none',
      () => edit(/NotBefore="[^"]*"/, 'NotBefore="2026-02-30T00:00:00Z"'),
      UNVERIFIED.message,
    ],
    [
      'written in the future',
      () => content({ issuedAtSeconds: now() + 90, notBeforeSeconds: now() }),
      'the SAML response is not valid yet',
    ],
    [
      'valid from the future',
      () => content({ notBeforeSeconds: now() + 90 }),
      'the SAML response is not valid yet',
    ],
    ['past its end', () => content({ notOnOrAfterSeconds: now() - 61 }), /^the SAML response has expired/],
    [
      'older than five minutes',
      () => content({ issuedAtSeconds: now() - 361, notOnOrAfterSeconds: now() + 300 }),
      /^the SAML response has expired/,
    ],
    [
      'an encrypted attribute',
      () => edit('</saml:AttributeStatement>', '<saml:EncryptedAttribute/></saml:AttributeStatement>'),
      UNVERIFIED.message,
    ],
  ])('%s is refused', async ([, saying, message]) => {
    const refused = await refusal(saml.assume(await saml.say(saying())));
    expect(refused).toMatchObject({
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
    expect(refused.status).toBe(
      message === 'the identity provider reported that the login failed' ? 403 : 400,
    );
    expect(refused.name === 'ExpiredTokenException').toBe(message instanceof RegExp);
  });

  test.for<[string, () => Saying]>([
    [
      'within the clocks’ difference',
      () => content({ issuedAtSeconds: now() + 30, notBeforeSeconds: now() + 30 }),
    ],
    ['just before its end', () => content({ notOnOrAfterSeconds: now() - 30 })],
    [
      'one audience among others',
      () => edit('<saml:Audience>', '<saml:Audience>urn:amazon:webservices</saml:Audience><saml:Audience>'),
    ],
    ['one time use', () => edit('</saml:Conditions>', '<saml:OneTimeUse/></saml:Conditions>')],
    [
      'another confirmation beside',
      () =>
        edit(
          '<saml:SubjectConfirmation ',
          '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"/><saml:SubjectConfirmation ',
        ),
    ],
    ['no destination of a response that is not signed', () => content({ destination: null })],
    ['fractions of a second', () => edit(/NotBefore="([^"]*)Z"/, 'NotBefore="$1.123Z"')],
    [
      'a declaration in front',
      () => ({ editResponse: (xml) => `<?xml version="1.0" encoding="UTF-8"?>\n${xml}` }),
    ],
    ['no Format', () => content({ nameIdFormat: null })],
  ])('accepted: %s', async ([, saying]) => {
    expect(await subjectOf(await saml.say(saying()))).toBe('alice');
  });

  test('a response that ages is refused, with the expiry’s own code', async () => {
    const other = await startSamlScenario();
    const xml = await other.say();
    await other.daypass.advance(362);
    expect(await refusal(other.assume(xml))).toMatchObject({
      name: 'ExpiredTokenException',
      status: 400,
      message: expired,
    });
    await other.stop();
  });
});

describe('C8: encrypted assertions', () => {
  let key: SamlSigningKey;
  beforeAll(async () => {
    key = await makeSamlKey(saml.daypass.nowSeconds());
    const SAMLProviderArn = saml.providerArn;
    await saml.daypass
      .iam()
      .send(new UpdateSAMLProviderCommand({ SAMLProviderArn, AddPrivateKey: key.privateKey }));
  });
  const encrypted = (options: Parameters<typeof encryptAssertion>[2] = {}): Saying => ({
    wrap: async (assertion) => encryptAssertion(assertion, key.certificate, options),
  });

  test.each([{}, { content: 'aes128-gcm' }, { transport: 'rsa-oaep-sha256' }, { keyBeside: true }] as const)(
    'a signed assertion is opened: %j',
    async (options) => {
      expect(await subjectOf(await saml.say(encrypted(options)))).toBe('alice');
    },
  );

  test.each(['aes128-cbc', 'aes256-cbc'] as const)(
    '%s only inside a response whose signature was verified',
    async (content) => {
      for (let turn = 0; turn < 4; turn += 1) {
        expect(await subjectOf(await saml.say({ ...encrypted({ content }), signed: 'response' }))).toBe(
          'alice',
        );
      }
      expect(await subjectOf(await saml.say({ ...encrypted({ content }), signed: 'both' }))).toBe('alice');
      expect(await refusal(saml.assume(await saml.say(encrypted({ content }))))).toEqual(UNVERIFIED);
    },
  );

  test('encryption is no signature', async () => {
    expect(await refusal(saml.assume(await saml.say({ ...encrypted(), signed: 'nothing' })))).toEqual(
      UNVERIFIED,
    );
    expect(await subjectOf(await saml.say({ ...encrypted(), signed: 'response' }))).toBe('alice');
    expect(await refusal(saml.assume(await saml.say({ ...encrypted(), key: stranger })))).toEqual(UNVERIFIED);
  });

  test('PKCS#1 v1.5, another key, and damaged text all look alike', async () => {
    const damaged = (await saml.say(encrypted())).replace(
      /(<\/ds:KeyInfo><xenc:CipherData><xenc:CipherValue>.{40})./,
      '$1A',
    );
    const responses = [
      await saml.say(encrypted({ transport: 'rsa-1_5' })),
      await saml.say({ wrap: async (assertion) => encryptAssertion(assertion, stranger.certificate) }),
      damaged,
    ];
    for (const xml of responses) expect(await refusal(saml.assume(xml))).toEqual(UNVERIFIED);
  });

  test('what was hidden obeys the same rules', async () => {
    const hide = (edit: (assertion: string) => string): Saying => ({
      wrap: async (assertion) => encryptAssertion(edit(assertion), key.certificate),
    });
    for (const edit of [
      (xml: string) => `<!DOCTYPE a>${xml}`,
      (xml: string) => xml + xml,
      (xml: string) => asBob(xml),
      (xml: string) => xml.replace('<ds:DigestValue>', '<ds:DigestValue><!---->'),
      (xml: string) => xml.replace('</saml:Subject>', `</saml:Subject>${xml}`),
      () => 'plain text',
    ]) {
      expect(await refusal(saml.assume(await saml.say(hide(edit))))).toEqual(UNVERIFIED);
    }
  });

  test('where the provider must encrypt, a plain assertion is refused', async () => {
    const mode = (AssertionEncryptionMode: 'Required' | 'Allowed') =>
      saml.daypass
        .iam()
        .send(new UpdateSAMLProviderCommand({ SAMLProviderArn: saml.providerArn, AssertionEncryptionMode }));
    await mode('Required');
    expect(await refusal(saml.assume(await saml.say()))).toEqual(UNVERIFIED);
    expect(await subjectOf(await saml.say(encrypted()))).toBe('alice');
    await mode('Allowed');
    expect(await subjectOf(await saml.say())).toBe('alice');
  });
});

test('two providers with one entity id do not speak for each other', async () => {
  const twin = await makeSamlIdp();
  expect(
    await refusal(
      saml.assume(await twin.say(saml.target(), { content: { attributes: saml.granting(saml.roleArn) } })),
    ),
  ).toEqual(UNVERIFIED);
});

test('what is refused leaves no trace of the response in log or trail', async () => {
  const xml = asBob(await saml.say());
  await refusal(saml.assume(xml));
  const part = base64(xml).slice(600, 700);
  expect(saml.daypass.logs.some((line) => line.includes(part) || line.includes('bob'))).toBe(false);
});
