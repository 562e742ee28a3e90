/** Responses and logout requests of real products, in front of a real directory, recorded by `dev/idps/record.ts`. */
import { describe, expect, test } from 'vitest';
import { readAwsAttributes } from '../../src/core/saml/aws-attributes.ts';
import type { SamlFailure } from '../../src/core/saml/failure.ts';
import { verifyLogoutRequest } from '../../src/core/saml/logout.ts';
import { samlContext } from '../../src/core/saml/saml-context.ts';
import {
  addressesOf,
  cryptography,
  type RecordedIdp,
  recordedIdps,
  recordedKeycloak,
  recordedOpenSaml,
  recordingOf,
  verifyRecording,
  xmlOf,
} from '../helpers/recorded-saml.ts';

const ROLE = 'arn:aws:iam::111122223333:role/reader';
const PROVIDER = 'arn:aws:iam::111122223333:saml-provider/corp';
const [simplesamlphp, lemonldap] = recordedIdps as readonly [RecordedIdp, RecordedIdp];

/** What is refused of all that was recorded, and why. Everything else is accepted. */
const REFUSED: ReadonlyMap<string, SamlFailure['why']> = new Map([
  ['nothing signed', 'signature'],
  ['sha1', 'signature'],
  ['encrypted, response not signed', 'encryption'], // AES-CBC in an envelope that nobody signed
  ['name encrypted', 'subject'],
  ['failed', 'status'],
]);
/** LemonLDAP::NG hides it from logout requests alone. */
const isRefused = (product: RecordedIdp['product'], name: string): SamlFailure['why'] | undefined =>
  product === 'lemonldap' && name === 'name encrypted' ? undefined : REFUSED.get(name);
const GROUPS: Readonly<Record<string, (name: string) => string>> = {
  simplesamlphp: (name) => `CN=${name},CN=Users,DC=corp,DC=example,DC=com`,
  lemonldap: (name) => name,
};

describe.each(recordedIdps.map((idp) => [idp.product, idp] as const))('%s', (product, idp) => {
  test.each(idp.recordings.map((recording) => [recording.name, recording] as const))(
    '%s',
    async (name, recording) => {
      const verified = await verifyRecording(idp, recording);
      expect(verified.ok ? 'accepted' : verified.failure.why).toBe(isRefused(product, name) ?? 'accepted');
      if (!verified.ok) return;
      const { subject, issuer } = verified.value;
      expect([subject.nameId, issuer]).toEqual([`${recording.user}@corp.example.com`, idp.entityId]);
      expect(subject.format).toBe('urn:oasis:names:tc:SAML:2.0:nameid-format:persistent');
    },
  );

  test('a person of the directory comes with name, department, role and groups, those in groups too', async () => {
    const recording = recordingOf(idp, 'letters of other languages');
    const verified = await verifyRecording(idp, recording);
    if (!verified.ok) throw new Error(verified.failure.why);
    expect(readAwsAttributes(verified.value.attributes)).toEqual({
      ok: true,
      value: {
        roles: [{ roleArn: ROLE, providerArn: PROVIDER }],
        sessionName: 'anne',
        sessionSeconds: null,
        sourceIdentity: null,
        tags: [{ Key: 'Department', Value: 'Research' }],
        transitiveTagKeys: [],
      },
    });
    const provider = { accountId: '111122223333', name: 'corp' };
    const context = new Map(samlContext(provider as never, verified.value, 'acs', 'qualifier'));
    expect([...(context.get('SAML:groups') as readonly string[])].sort()).toEqual(
      ['reports-readers', 'everybody-reads', 'Forschung & Entwicklung Süd']
        .map(GROUPS[product] as (name: string) => string)
        .sort(),
    );
    expect([context.get('SAML:name'), context.get('SAML:upn'), context.get('SAML:mail')]).toEqual([
      "Änne O'Neil & Søns",
      'anne@corp.example.com',
      'anne@example.com',
    ]);
  });

  test('somebody in no group, and a service without AWS’s attributes, get no role', async () => {
    for (const name of ['no role', 'groups alone']) {
      const verified = await verifyRecording(idp, recordingOf(idp, name));
      const asked = verified.ok ? readAwsAttributes(verified.value.attributes) : null;
      expect(asked, name).toMatchObject({ ok: true, value: { roles: [] } });
    }
  });

  test('nothing is accepted a day later, nor by anybody else than whom it was for', async () => {
    const recording = recordingOf(idp, 'signed twice');
    const why = async (expected: Parameters<typeof verifyRecording>[2]) => {
      const verified = await verifyRecording(idp, recording, expected);
      return verified.ok ? 'accepted' : verified.failure.why;
    };
    const { recordedAtSeconds: then } = recording;
    expect(await why({ expected: { nowSeconds: then + 86_400 } })).toBe('expired');
    expect(await why({ expected: { nowSeconds: then + 361 } })).toBe('expired');
    expect(await why({ expected: { nowSeconds: then - 120 } })).toBe('not_yet_valid');
    expect(await why({ expected: { audience: 'https://other.example.com' } })).toBe('audience');
    expect(await why({ expected: { recipient: 'https://other.example.com' } })).toBe('destination');
    expect(await why({ expected: { issuer: 'https://other.example.com' } })).toBe('issuer');
    expect(await why({ expected: { inResponseTo: '_other' } })).toBe('request');
    expect(await why({ expected: { inResponseTo: null } })).toBe('request');
    expect(await why({ trust: { certificates: [] } })).toBe('signature');
    expect(await why({ trust: { certificates: otherOf(idp).metadata.certificates } })).toBe('signature');
    expect(await why({ trust: { requiresEncryption: true } })).toBe('encryption');
  });

  test('what nobody asked for names no request', async () => {
    const recording = recordingOf(idp, 'unsolicited');
    expect(await verifyRecording(idp, recording)).toMatchObject({ ok: true, value: { inResponseTo: null } });
    const asked = await verifyRecording(idp, recording, { expected: { inResponseTo: '_asked' } });
    expect(asked).toEqual({ ok: false, failure: { why: 'request' } });
  });

  test('each logout request is verified, and those that hide the name are refused', async () => {
    for (const recording of idp.recordings) {
      const { logout, name, recordedAtSeconds: nowSeconds } = recording;
      if (logout === null) continue;
      const expected = {
        issuer: idp.entityId,
        destination: addressesOf(recording).logoutUrl,
        certificates: idp.metadata.certificates,
        cryptography,
        nowSeconds,
      };
      const verified = await verifyLogoutRequest(logout, expected);
      const hidden = name === 'name encrypted' || name === 'sha1';
      expect(verified.ok ? verified.value.nameId : verified.failure.why, name).toBe(
        hidden ? (REFUSED.get(name) ?? '') : `${recording.user}@corp.example.com`,
      );
      const late = await verifyLogoutRequest(logout, { ...expected, nowSeconds: nowSeconds + 3600 });
      expect(late.ok, name).toBe(false);
      const changed = await verifyLogoutRequest(logout.replace(/SigAlg=/, 'RelayState=x&SigAlg='), expected);
      expect(changed.ok, name).toBe(false);
    }
  });
});

describe('keycloak', () => {
  const UNSIGNED = ['sha1', 'assertion signed', 'nothing signed', 'encrypted, response not signed'];
  const { recordings, metadata, entityId } = recordedKeycloak;

  test.each(recordings.map((recording) => [recording.name, recording] as const))(
    '%s',
    async (name, recording) => {
      const verified = await verifyRecording(recordedKeycloak, recording);
      expect(verified.ok ? 'accepted' : verified.failure.why).toBe(REFUSED.get(name) ?? 'accepted');
      if (!verified.ok) return;
      expect([verified.value.issuer, verified.value.subject.nameId]).toEqual([
        entityId,
        expect.stringMatching(/^G-[0-9a-f-]{36}$/),
      ]);
      const changed = xmlOf(recording)
        .replace(/(<saml:NameID[^>]*>G-)./, '$1x')
        .replace(/(CipherValue>)(.)/, changeLetter);
      expect((await verifyRecording(recordedKeycloak, recording, { xml: changed })).ok).toBe(false);
    },
  );

  test('a person of the directory comes with name, role and groups', async () => {
    const verified = await verifyRecording(
      recordedKeycloak,
      recordingOf(recordedKeycloak, 'letters of other languages'),
    );
    if (!verified.ok) throw new Error(verified.failure.why);
    expect(readAwsAttributes(verified.value.attributes)).toMatchObject({
      ok: true,
      value: { roles: [{ roleArn: ROLE, providerArn: PROVIDER }], sessionName: 'anne' },
    });
    const groups = verified.value.attributes.get('http://schemas.xmlsoap.org/claims/Group');
    expect([...(groups ?? [])].sort()).toEqual(
      ['reports-readers', 'everybody-reads', 'Forschung & Entwicklung Süd'].sort(),
    );
  });

  test('logout requests are verified; it signs none for a service whose responses it does not sign', async () => {
    for (const recording of recordings) {
      const { logout, name, recordedAtSeconds: nowSeconds } = recording;
      if (logout === null) continue;
      const verified = await verifyLogoutRequest(logout, {
        issuer: entityId,
        destination: addressesOf(recording).logoutUrl,
        certificates: metadata.certificates,
        cryptography,
        nowSeconds,
      });
      expect(verified.ok ? verified.value.nameId : verified.failure.why, name).toEqual(
        UNSIGNED.includes(name) ? 'signature' : expect.stringMatching(/^G-/),
      );
    }
  });
});

describe('what OpenSAML writes, signed and encrypted by another library', () => {
  test.each(recordedOpenSaml.recordings.map((recording) => [recording.name, recording] as const))(
    '%s: believed, and refused once changed',
    async (_name, recording) => {
      const verified = await verifyRecording(recordedOpenSaml, recording);
      expect(verified.ok ? verified.value.subject.nameId : verified.failure).toBe('alice@corp.example.com');
      expect(verified.ok && [...verified.value.attributes.values()]).toEqual([
        ['reports-readers', 'Forschung & Entwicklung Süd'],
      ]);
      const xml = xmlOf(recording);
      for (const edit of [
        (text: string) =>
          text.replaceAll('alice@corp', 'bob@corp').replace(/(CipherValue>)(.)/g, changeLetter),
        (text: string) => text.replace(/(SignatureValue>)(.)/, changeLetter),
        (text: string) => text.replace(/(DigestValue>)(.)/, changeLetter),
        (text: string) => text.replace(/ PrefixList="[^"]*"/, ' PrefixList="xs xsi saml2"'),
      ]) {
        const changed = edit(xml);
        if (changed === xml) continue;
        expect((await verifyRecording(recordedOpenSaml, recording, { xml: changed })).ok).toBe(false);
      }
      const [rsa = '', ...curves] = recordedOpenSaml.metadata.certificates;
      const certificates = recording.name.startsWith('ecdsa') ? [rsa] : curves;
      expect((await verifyRecording(recordedOpenSaml, recording, { trust: { certificates } })).ok).toBe(
        false,
      );
    },
  );
});

const changeLetter = (_all: string, tag: string, letter: string): string =>
  `${tag}${letter === 'A' ? 'B' : 'A'}`;

test('metadata shows the certificate that comes next; each of two counts by itself, and only what it signed', async () => {
  const { certificates } = simplesamlphp.metadata;
  expect(certificates).toHaveLength(2);
  const recording = recordingOf(simplesamlphp, 'signed twice');
  const by = await Promise.all(
    certificates.map((each) =>
      verifyRecording(simplesamlphp, recording, { trust: { certificates: [each] } }),
    ),
  );
  expect(by.map(({ ok }) => ok).sort()).toEqual([false, true]);
});

test('what metadata says of endpoints, answers to logout requests apart', () => {
  expect(simplesamlphp.metadata).toMatchObject({
    wantsSignedRequests: false,
    logoutEndpoints: [{ location: expect.stringMatching(/SingleLogoutService\.php$/) }],
  });
  const redirect = lemonldap.metadata.logoutEndpoints.find(({ binding }) => binding.endsWith('Redirect'));
  expect(lemonldap.metadata.wantsSignedRequests).toBe(true);
  expect(redirect).toMatchObject({
    location: expect.stringMatching(/\/singleLogout$/),
    responseLocation: expect.stringMatching(/\/singleLogoutReturn$/),
  });
});

test('a session is as long as the provider says', async () => {
  const recording = recordingOf(lemonldap, 'short session');
  const { recordedAtSeconds: then } = recording;
  const verified = await verifyRecording(lemonldap, recording);
  expect(verified.ok && verified.value.sessionNotOnOrAfterSeconds).toBeGreaterThanOrEqual(then + 599);
  expect(verified.ok && verified.value.sessionNotOnOrAfterSeconds).toBeLessThanOrEqual(then + 600);
  // its NotOnOrAfter is a minute, and clocks may differ by another
  const late = await verifyRecording(lemonldap, recording, { expected: { nowSeconds: then + 121 } });
  expect(late).toEqual({ ok: false, failure: { why: 'expired' } });
});

const otherOf = (idp: RecordedIdp): RecordedIdp => (idp === lemonldap ? simplesamlphp : lemonldap);
