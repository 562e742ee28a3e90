/** An issuer that fails ends in a bounded refusal, hurts nobody else, and is believed again when it has recovered. */
import { CreateOpenIDConnectProviderCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchange } from '../helpers/exchange.ts';
import { type ProviderFault, startOidcProvider, type TestIssuer } from '../helpers/oidc-provider.ts';
import { CLIENT_ID, type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await startScenario();
});

afterAll(() => scenario.stop());

async function trust(issuer: TestIssuer, name: string): Promise<string> {
  const provider = await scenario.daypass
    .iam()
    .send(new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: [CLIENT_ID] }));
  return scenario.makeRole(name, { Principal: { Federated: provider.OpenIDConnectProviderArn } });
}

const assume = (RoleArn: string, WebIdentityToken: string): Promise<string> =>
  scenario.daypass
    .sts()
    .send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'alice', WebIdentityToken }))
    .then(
      () => 'accepted',
      (error: Error) => error.name,
    );

test.each<ProviderFault>(['down', 'hang', 'slow', 'error', 'garbage', 'redirect', 'huge'])(
  'an issuer that is %s is IDPCommunicationError within three seconds, others are served, and it recovers',
  async (fault) => {
    const { daypass } = scenario;
    const issuer = await startOidcProvider();
    const roleArn = await trust(issuer, `faulty-${fault}`);
    const token = await issuer.signIdToken({
      sub: 'alice',
      aud: CLIENT_ID,
      iat: daypass.nowSeconds(),
      exp: daypass.nowSeconds() + 600,
    });
    issuer.fail(fault);
    const startedAt = performance.now();
    const [refused, served] = await Promise.all([
      assume(roleArn, token),
      assume(scenario.roleArn, await scenario.idToken()),
    ]);
    expect([refused, served]).toEqual(['IDPCommunicationErrorException', 'accepted']);
    expect(performance.now() - startedAt).toBeLessThan(3500);
    const { status, body } = await exchange(daypass, { subject_token: token, resource: roleArn });
    expect([status, body.error]).toEqual([503, 'temporarily_unavailable']);
    issuer.fail(null);
    await daypass.advance(6); // past what a failure is remembered for
    expect(await assume(roleArn, token)).toBe('accepted');
    await issuer.stop();
  },
  20_000,
);

test('many logins at once ask the issuer once', async () => {
  const issuer = await startOidcProvider();
  const roleArn = await trust(issuer, 'busy');
  const { daypass } = scenario;
  const token = await issuer.signIdToken({
    sub: 'alice',
    aud: CLIENT_ID,
    iat: daypass.nowSeconds(),
    exp: daypass.nowSeconds() + 600,
  });
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => assume(roleArn, token)));
  expect(new Set(outcomes)).toEqual(new Set(['accepted']));
  expect([issuer.hits('/.well-known/openid-configuration'), issuer.hits('/jwks')]).toEqual([1, 1]);
  await issuer.stop();
});

test('a rotated key is found at once, an unknown one asks no more than once in 30 seconds', async () => {
  const issuer = await startOidcProvider();
  const roleArn = await trust(issuer, 'rotating');
  const { daypass } = scenario;
  const token = () =>
    issuer.signIdToken({
      sub: 'alice',
      aud: CLIENT_ID,
      iat: daypass.nowSeconds(),
      exp: daypass.nowSeconds() + 600,
    });
  expect(await assume(roleArn, await token())).toBe('accepted');
  const stale = await token();
  await issuer.rotateKeys();
  expect(await assume(roleArn, await token())).toBe('accepted');
  const hits = issuer.hits();
  for (let attempt = 0; attempt < 5; attempt += 1)
    expect(await assume(roleArn, stale)).toBe('InvalidIdentityTokenException');
  expect(issuer.hits()).toBe(hits);
  await daypass.advance(31);
  expect(await assume(roleArn, stale)).toBe('InvalidIdentityTokenException');
  expect(issuer.hits()).toBeGreaterThan(hits);
  await issuer.stop();
});

test('held keys outlive an outage of the issuer', async () => {
  const { daypass, issuer } = scenario;
  expect(await assume(scenario.roleArn, await scenario.idToken())).toBe('accepted');
  issuer.fail('down');
  await daypass.advance(2 * 3600);
  expect(await assume(scenario.roleArn, await scenario.idToken())).toBe('accepted');
  await daypass.advance(5 * 3600);
  expect(await assume(scenario.roleArn, await scenario.idToken())).toBe('IDPCommunicationErrorException');
  issuer.fail(null);
});
