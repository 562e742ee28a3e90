/** Registration of OAuth clients and scopes. */
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { daypassQuery } from '../../../helpers/daypass-query.ts';
import { policy, type Scenario, startScenario } from '../../../helpers/scenario.ts';

let scenario: Scenario;
let roleArn: string;

beforeAll(async () => {
  scenario = await startScenario();
  const made = await scenario.daypass.iam().send(
    new CreateRoleCommand({
      RoleName: 'nightly',
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Service: 'oauth.daypass.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
    }),
  );
  roleArn = made.Role?.Arn ?? '';
});

afterAll(() => scenario.stop());

const call: (
  action: string,
  parameters?: Readonly<Record<string, string>>,
  credentials?: Parameters<typeof daypassQuery>[3],
) => ReturnType<typeof daypassQuery> = (action, parameters, credentials) =>
  daypassQuery(scenario.daypass, action, parameters, credentials);

const webApp = {
  ClientName: 'Reports',
  TokenEndpointAuthMethod: 'client_secret_basic',
  'GrantTypes.member.1': 'authorization_code',
  'RedirectUris.member.1': 'https://app.example/cb',
};

describe('a client', () => {
  test('gets an id that names its account and a secret that is shown once', async () => {
    const made = await call('RegisterClient', webApp);
    expect([made.status, made.all('TokenEndpointAuthMethod')]).toEqual([200, ['client_secret_basic']]);
    const [clientId = ''] = made.all('ClientId');
    const [secret = ''] = made.all('ClientSecret');
    expect(clientId).toMatch(new RegExp(`^dpc-${scenario.daypass.bootstrap.accountId}-[\\w-]{22}$`));
    expect(secret).toMatch(/^dps_[\w-]{43}$/);
    const read = await call('GetClient', { ClientId: clientId });
    expect(read.all('RedirectUris')).toHaveLength(0); // it holds elements
    expect(read.text).toContain('https://app.example/cb');
    expect(read.text).not.toContain(secret);
    expect((await call('ListClients')).all('ClientId')).toContain(clientId);
    const { results } = await scenario.daypass.d1
      .prepare('SELECT secrets, settings FROM oauth_clients WHERE client_id = ?')
      .bind(clientId)
      .all();
    expect(JSON.stringify(results)).not.toContain(secret);
  });

  test('keeps two secrets over a rotation, and not three', async () => {
    const made = await call('RegisterClient', webApp);
    const [ClientId = ''] = made.all('ClientId');
    const second = await call('RotateClientSecret', { ClientId });
    const third = await call('RotateClientSecret', { ClientId });
    expect(second.all('ExpireDate')).toHaveLength(1);
    expect(third.all('ExpireDate')).toHaveLength(1);
    expect(new Set([made, second, third].map((each) => each.all('ClientSecret')[0])).size).toBe(3);
    const atOnce = await call('RotateClientSecret', { ClientId, OverlapSeconds: '0' });
    expect(atOnce.all('ExpireDate')).toHaveLength(0);
  });

  test('is replaced as a whole by an update and gone when deleted', async () => {
    const [ClientId = ''] = (await call('RegisterClient', webApp)).all('ClientId');
    const updated = await call('UpdateClient', { ...webApp, ClientId, ClientName: 'Renamed' });
    expect(updated.all('ClientName')).toEqual(['Renamed']);
    expect((await call('DeleteClient', { ClientId })).status).toBe(200);
    for (const action of ['GetClient', 'DeleteClient', 'RotateClientSecret'])
      expect((await call(action, { ClientId })).code, action).toBe('NoSuchEntity');
  });

  test('is not registered for a grant that nothing serves', async () => {
    const answer = await call('RegisterClient', {
      ...webApp,
      'GrantTypes.member.2': 'password',
    });
    expect(answer).toMatchObject({ status: 400, code: 'ValidationError' });
  });

  test('is refused with settings that do not go together', async () => {
    const without = (name: keyof typeof webApp) =>
      Object.fromEntries(Object.entries(webApp).filter(([key]) => key !== name));
    const machine = { ...without('RedirectUris.member.1'), 'GrantTypes.member.1': 'client_credentials' };
    for (const [why, parameters] of Object.entries<Readonly<Record<string, string>>>({
      'code grant without redirect': without('RedirectUris.member.1'),
      'redirect to plain http': { ...webApp, 'RedirectUris.member.1': 'http://app.example/cb' },
      'redirect to a script': { ...webApp, 'RedirectUris.member.1': 'JaVaScRiPt:alert(1)' },
      'redirect with a wildcard': { ...webApp, 'RedirectUris.member.1': 'https://app.example/*' },
      'client_credentials without role': machine,
      'public client_credentials': { ...machine, RoleArn: roleArn, TokenEndpointAuthMethod: 'none' },
      'role without client_credentials': { ...webApp, RoleArn: roleArn },
      'refresh tokens without people': {
        ...machine,
        RoleArn: roleArn,
        'GrantTypes.member.2': 'refresh_token',
      },
      'refresh tokens that lie unused for longer than they live': {
        ...webApp,
        RefreshTokenSeconds: '3600',
        RefreshTokenIdleSeconds: '3601',
      },
      'key without private_key_jwt': {
        ...webApp,
        JWKS: '{"keys":[{"kid":"a","alg":"EdDSA","kty":"OKP","crv":"Ed25519","x":"AAAA"}]}',
      },
      'private key': {
        ...webApp,
        TokenEndpointAuthMethod: 'private_key_jwt',
        JWKS: '{"keys":[{"kid":"a","alg":"EdDSA","kty":"OKP","crv":"Ed25519","x":"AAAA","d":"AAAA"}]}',
      },
      'shared key': {
        ...webApp,
        TokenEndpointAuthMethod: 'private_key_jwt',
        JWKS: '{"keys":[{"kid":"a","alg":"HS256","kty":"oct","k":"AAAA"}]}',
      },
      'role of another account': { ...machine, RoleArn: 'arn:aws:iam::999999999999:role/nightly' },
    }))
      expect((await call('RegisterClient', parameters)).code, why).toBe('InvalidInput');
    const gone = await call('RegisterClient', { ...machine, RoleArn: `${roleArn}-gone` });
    expect(gone.code).toBe('NoSuchEntity');
    expect((await call('RegisterClient', { ...machine, RoleArn: roleArn })).status).toBe(200);
  });

  test('is registered by nobody without permission, and with a role by nobody who may not pass it', async () => {
    const nobody = await scenario.makeUser('nobody');
    const registrar = await scenario.makeUser('registrar', {
      Effect: 'Allow',
      Action: 'daypass:RegisterClient',
      Resource: '*',
    });
    expect((await call('RegisterClient', webApp, nobody)).code).toBe('AccessDenied');
    expect((await call('RegisterClient', webApp, registrar)).status).toBe(200);
    const machine = {
      ClientName: 'Nightly',
      TokenEndpointAuthMethod: 'client_secret_post',
      'GrantTypes.member.1': 'client_credentials',
    };
    for (const RoleArn of [roleArn, `${roleArn}-gone`]) {
      const refused = await call('RegisterClient', { ...machine, RoleArn }, registrar);
      expect([refused.code, refused.text.includes('iam:PassRole')]).toEqual(['AccessDenied', true]);
    }
  });
});

describe('a scope', () => {
  const PolicyDocument = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });

  test('is registered once, listed and deleted', async () => {
    expect((await call('RegisterScope', { Scope: 'reports:read', PolicyDocument })).status).toBe(200);
    expect((await call('RegisterScope', { Scope: 'reports:read', PolicyDocument })).code).toBe(
      'EntityAlreadyExists',
    );
    expect((await call('ListScopes')).all('Scope')).toEqual(['reports:read']);
    expect((await call('DeleteScope', { Scope: 'reports:read' })).status).toBe(200);
    expect((await call('DeleteScope', { Scope: 'reports:read' })).code).toBe('NoSuchEntity');
  });

  test('is refused where it is no policy, has another meaning or the old version', async () => {
    expect((await call('RegisterScope', { Scope: 'openid', PolicyDocument })).code).toBe('InvalidInput');
    expect((await call('RegisterScope', { Scope: 'two words', PolicyDocument })).code).toBe(
      'ValidationError',
    );
    for (const document of ['{}', PolicyDocument.replace('2012-10-17', '2008-10-17')])
      expect((await call('RegisterScope', { Scope: 'x', PolicyDocument: document })).code).toBe(
        'MalformedPolicyDocument',
      );
  });
});
