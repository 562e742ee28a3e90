/** Metadata and responses as AD FS and Entra ID write them, through IAM and STS. */
import {
  CreateSAMLProviderCommand,
  GetSAMLProviderCommand,
  UpdateSAMLProviderCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeSamlKey, type SamlSigningKey } from '../../../dev/peers/saml/signing-key.ts';
import { parseMetadata } from '../../../src/core/saml/metadata.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import {
  ADFS_ENTITY_ID,
  type AdfsOptions,
  adfsMetadata,
  adfsResponse,
  ENTRA_ENTITY_ID,
  entraMetadata,
  entraResponse,
} from '../../helpers/microsoft-saml.ts';
import { AWS_ATTRIBUTE, type SamlScenario, startSamlScenario } from '../../helpers/saml-scenario.ts';
import { refusal } from '../aws/iam/support.ts';

const GROUP = 'http://schemas.xmlsoap.org/claims/Group';
const ENTRA_GROUPS = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups';
const ENTRA_ROLES = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role';
const GROUP_ID = '1f0c2f6a-0c3c-4a3a-9b5e-2f4f5c8f7f10';
const UNVERIFIED = 'the SAML response could not be verified';

interface Registered {
  readonly arn: string;
  readonly id: string;
  readonly roleArn: string;
}

let saml: SamlScenario;
let key: SamlSigningKey;
let nextKey: SamlSigningKey;
let otherKey: SamlSigningKey;
beforeAll(async () => {
  saml = await startSamlScenario();
  [key, nextKey, otherKey] = await Promise.all([
    makeSamlKey(saml.daypass.nowSeconds()),
    makeSamlKey(saml.daypass.nowSeconds()),
    makeSamlKey(saml.daypass.nowSeconds()),
  ]);
});
afterAll(() => saml.stop());

/** Registers metadata and makes a role that its groups may take. */
async function register(name: string, SAMLMetadataDocument: string, group: string): Promise<Registered> {
  const iam = saml.daypass.iam();
  const { SAMLProviderArn: arn = '' } = await iam.send(
    new CreateSAMLProviderCommand({ Name: name, SAMLMetadataDocument }),
  );
  const { SAMLProviderUUID: id = '' } = await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: arn }));
  const roleArn = await saml.makeRole(name, {
    Principal: { Federated: arn },
    Condition: {
      StringEquals: { 'SAML:aud': `${saml.daypass.url}/saml/${id}/acs` },
      'ForAnyValue:StringEquals': { 'SAML:groups': group },
    },
  });
  return { arn, id, roleArn };
}

const targetOf = ({ id }: Registered) => ({
  entityId: `${saml.daypass.url}/saml/${id}/metadata`,
  assertionConsumerUrl: `${saml.daypass.url}/saml/${id}/acs`,
  nowSeconds: saml.daypass.nowSeconds(),
});
const assume = (xml: string, { arn, roleArn }: Registered) =>
  saml.assume(xml, { RoleArn: roleArn, PrincipalArn: arn });

describe('AD FS', () => {
  let adfs: Registered;
  beforeAll(async () => {
    adfs = await register(
      'adfs',
      adfsMetadata(key, [key.certificate, nextKey.certificate], otherKey.certificate),
      'Reports Readers',
    );
  });
  /** As AWS's guide for AD FS writes the rules: the provider first. */
  const granting = (more: AdfsOptions['attributes'] = {}) => ({
    [`${AWS_ATTRIBUTE}Role`]: [`${adfs.arn},${adfs.roleArn}`],
    [`${AWS_ATTRIBUTE}RoleSessionName`]: ['alice@corp.example.com'],
    [GROUP]: ['Domain Users', 'Reports Readers'],
    ...more,
  });
  const say = (options: Partial<AdfsOptions> = {}, by = key) =>
    adfsResponse(targetOf(adfs), by, { attributes: granting(), ...options });

  test('of its metadata the SAML identity provider counts, with both certificates', async () => {
    const { SAMLMetadataDocument = '' } = await saml.daypass
      .iam()
      .send(new GetSAMLProviderCommand({ SAMLProviderArn: adfs.arn }));
    expect(parseMetadata(SAMLMetadataDocument, 'production')).toMatchObject({
      ok: true,
      value: {
        entityId: ADFS_ENTITY_ID,
        certificates: [key.certificate, nextKey.certificate],
        signOnEndpoints: [
          {
            binding: expect.stringMatching(/HTTP-Redirect$/),
            location: 'https://adfs.corp.example.com/adfs/ls/',
          },
          { binding: expect.stringMatching(/HTTP-POST$/) },
        ],
        logoutEndpoints: [{ location: 'https://adfs.corp.example.com/adfs/ls/' }, {}],
      },
    });
  });

  test.for(['AssertionOnly', 'MessageAndAssertion', 'MessageOnly'] as const)(
    'a response is believed, whatever of it is signed: %s',
    async (signed) => {
      expect(await assume(say({ signed }), adfs)).toMatchObject({
        Subject: 'alice@corp.example.com',
        SubjectType: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
        Issuer: ADFS_ENTITY_ID,
        AssumedRoleUser: { Arn: expect.stringMatching(/:assumed-role\/adfs\/alice@corp\.example\.com$/) },
      });
      expect(
        (await refusal(assume(say({ signed }).replaceAll('alice@corp', 'bob@corp'), adfs))).message,
      ).toBe(UNVERIFIED);
    },
  );

  test('the next certificate signs too, none of WS-Federation’s or of encryption does', async () => {
    expect((await assume(say({}, nextKey), adfs)).Subject).toBe('alice@corp.example.com');
    expect((await refusal(assume(say({}, otherKey), adfs))).message).toBe(UNVERIFIED);
  });

  test('who is not in the group is refused by the trust policy', async () => {
    const xml = say({ attributes: granting({ [GROUP]: ['Domain Users'] }) });
    expect(await refusal(assume(xml, adfs))).toMatchObject({ name: 'AccessDenied', status: 403 });
  });

  test('what it encrypts is opened where it signs the message too', async () => {
    const encryption = await makeSamlKey(saml.daypass.nowSeconds());
    const SAMLProviderArn = adfs.arn;
    const AddPrivateKey = encryption.privateKey;
    await saml.daypass.iam().send(new UpdateSAMLProviderCommand({ SAMLProviderArn, AddPrivateKey }));
    const encryptFor = encryption.certificate;
    const xml = say({ encryptFor, signed: 'MessageAndAssertion' });
    expect(xml).toContain('<e:EncryptedKey');
    expect((await assume(xml, adfs)).Subject).toBe('alice@corp.example.com');
    // AES-CBC that nobody's signature covers
    expect((await refusal(assume(say({ encryptFor, signed: 'AssertionOnly' }), adfs))).message).toBe(
      UNVERIFIED,
    );
  });
});

describe('Entra ID', () => {
  let entra: Registered;
  beforeAll(async () => {
    entra = await register('entra', entraMetadata([key.certificate, nextKey.certificate]), GROUP_ID);
  });
  const granting = (more: AdfsOptions['attributes'] = {}) => ({
    [`${AWS_ATTRIBUTE}Role`]: [`${entra.roleArn},${entra.arn}`],
    [`${AWS_ATTRIBUTE}RoleSessionName`]: ['alice'],
    [ENTRA_GROUPS]: [GROUP_ID],
    ...more,
  });
  const say = (attributes: AdfsOptions['attributes'] = granting(), by = key) =>
    entraResponse(targetOf(entra), by, attributes);

  test('a response is believed, of both certificates; groups are object ids', async () => {
    for (const by of [key, nextKey]) {
      expect(await assume(say(granting(), by), entra)).toMatchObject({
        Subject: 'alice@corp.example.com',
        SubjectType: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        Issuer: ENTRA_ENTITY_ID,
      });
    }
    expect(say()).toContain('<Signature xmlns=');
    expect((await refusal(assume(say().replaceAll('alice@corp', 'bob@corp'), entra))).message).toBe(
      UNVERIFIED,
    );
    const others = granting({ [ENTRA_GROUPS]: ['8d3c2f6a-0c3c-4a3a-9b5e-2f4f5c8f7f10'] });
    expect(await refusal(assume(say(others), entra))).toMatchObject({ name: 'AccessDenied' });
  });

  test('too many groups are said to be too many', async () => {
    const { [ENTRA_GROUPS]: _, ...rest } = granting();
    const link = ['https://graph.windows.net/9188040d/users/b1a5d9c4/getMemberObjects'];
    const xml = say({ ...rest, 'http://schemas.microsoft.com/claims/groups.link': link });
    expect(await refusal(assume(xml, entra))).toMatchObject({
      name: 'InvalidIdentityTokenException',
      message: expect.stringContaining('send only the groups that are assigned to this application'),
    });
  });

  test('application roles choose the role by mapping rules', async () => {
    const RulesDocument = JSON.stringify({
      Rules: [
        {
          Effect: 'Allow',
          Condition: { 'ForAnyValue:StringEquals': { [ENTRA_ROLES]: 'Reports.Read' } },
          Roles: entra.roleArn,
        },
      ],
    });
    const put = await daypassQuery(saml.daypass, 'PutMappingRules', {
      ProviderArn: entra.arn,
      RulesDocument,
    });
    expect(put.status).toBe(200);
    const withRole = (role: string) => say({ [ENTRA_GROUPS]: [GROUP_ID], [ENTRA_ROLES]: [role] });
    expect((await assume(withRole('Reports.Read'), entra)).Issuer).toBe(ENTRA_ENTITY_ID);
    expect(await refusal(assume(withRole('Other'), entra))).toMatchObject({ name: 'AccessDenied' });
  });
});
