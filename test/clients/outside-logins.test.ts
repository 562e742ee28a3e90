/** People from outside, and users with linked logins, in a real browser with a virtual authenticator. */
import {
  CreateLoginProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  CreateUserCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SamlServer, startSamlServer } from '../../dev/peers/saml/server.ts';
import { makeSamlKey } from '../../dev/peers/saml/signing-key.ts';
import { startBrowser, type TestBrowser, type Visitor } from '../helpers/browser.ts';
import { type Credentials, type Daypass, startDaypass } from '../helpers/daypass.ts';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { startOidcProvider, type TestIssuer } from '../helpers/oidc-provider.ts';
import { policy } from '../helpers/scenario.ts';

const CLIENT = 'daypass-demo';
const SECRET = 'daypass-demo-secret';
const PASSWORD = 'seven quiet otters under the old mill';
const FACTOR = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };

let daypass: Daypass;
let browser: TestBrowser;
let issuer: TestIssuer;
let saml: SamlServer;

beforeAll(async () => {
  const key = await makeSamlKey(Math.floor(Date.now() / 1000));
  [daypass, browser, issuer, saml] = await Promise.all([
    startDaypass(),
    startBrowser(),
    startOidcProvider(),
    startSamlServer({ port: 0, key }),
  ]);
  await registerIssuer();
  await registerSaml();
  for (const UserName of ['anna', 'bert']) {
    await daypass.iam().send(new CreateUserCommand({ UserName }));
    await daypass.iam().send(new CreateLoginProfileCommand({ UserName, Password: PASSWORD }));
  }
}, 60_000);
afterAll(() => Promise.all([browser.stop(), daypass.stop(), issuer.stop(), saml.stop()]));

/** The issuer's people may have one role, `vault`, which asks for a second factor to be taken and to be used. */
async function registerIssuer(): Promise<void> {
  const iam = daypass.iam();
  const provider = new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: [CLIENT] });
  const ProviderArn = (await iam.send(provider)).OpenIDConnectProviderArn ?? '';
  const AssumeRolePolicyDocument = policy({
    Effect: 'Allow',
    Principal: { Federated: ProviderArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: FACTOR,
  });
  const made = await iam.send(new CreateRoleCommand({ RoleName: 'vault', AssumeRolePolicyDocument }));
  const PolicyDocument = policy({
    Effect: 'Allow',
    Action: 'iam:ListUsers',
    Resource: '*',
    Condition: FACTOR,
  });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'vault', PolicyName: 'inline', PolicyDocument }));
  const RulesDocument = JSON.stringify({ Rules: [], Default: { Roles: made.Role?.Arn } });
  await daypassQuery(daypass, 'PutMappingRules', { ProviderArn, RulesDocument });
  const client = { OpenIDConnectProviderArn: ProviderArn, ClientId: CLIENT, ClientSecret: SECRET };
  await daypassQuery(daypass, 'PutProviderClientSecret', client);
}

/** By its address, so that its forms come from another site: `localhost` is one site whatever the port. */
async function registerSaml(): Promise<void> {
  const metadata = await (await fetch(`${saml.url}/metadata`)).text();
  const SAMLMetadataDocument = metadata.replaceAll(
    `Location="${saml.url}`,
    `Location="${saml.url.replace('localhost', '127.0.0.1')}`,
  );
  await daypass.iam().send(new CreateSAMLProviderCommand({ Name: 'corp', SAMLMetadataDocument }));
}

const address = (path: string): string => `${daypass.url}${path}`;
const issuerName = (): string => issuer.issuer.replace('http://', '');

async function goToIssuer({ page }: Visitor): Promise<void> {
  await page.goto(address('/login?next=roles'));
  await page.click(`a:has-text("${issuerName()}")`);
}
async function signInAtIssuer(visitor: Visitor, sub: string): Promise<void> {
  await goToIssuer(visitor);
  await visitor.page.click(`button[value="${sub}"]`);
}
async function signInAsUser({ page }: Visitor, userName: string): Promise<void> {
  await page.goto(address('/login'));
  await page.fill('#account', daypass.bootstrap.accountId);
  await page.fill('#username', userName);
  await page.fill('#password', PASSWORD);
  await page.click('form[action="/login"] button');
  await page.waitForURL('**/me');
}
async function signOut({ page }: Visitor): Promise<void> {
  await page.goto(address('/me'));
  await page.click('form[action="/logout"] button');
  await page.waitForURL('**/login');
}
/** The credentials that the page shows. */
async function taken({ page }: Visitor): Promise<Credentials> {
  await page.click('text=Take the role');
  const text = await page.locator('pre').first().textContent();
  const [accessKeyId = '', secretAccessKey = '', sessionToken = ''] = [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_SESSION_TOKEN',
  ].map((name) => new RegExp(`${name}=(\\S+)`).exec(text ?? '')?.[1]);
  return { accessKeyId, secretAccessKey, sessionToken };
}

test('somebody from outside adds a passkey, and takes the role that asks for one; the next time it is used', async () => {
  const visitor = await browser.newVisitor();
  const { page } = visitor;
  await visitor.addAuthenticator();
  await signInAtIssuer(visitor, 'alice');
  await page.waitForURL('**/me/roles');
  expect(await page.textContent('main')).toContain('This role asks for a second factor of yours');
  expect(await page.locator('input[name="role"]').count()).toBe(0);

  await page.click('text=Add a passkey');
  await page.fill('#name', 'Laptop');
  await page.click('text=Create passkey');
  await page.waitForURL('**/me?done=passkey-added');
  await page.goto(address('/me/roles'));
  expect(await page.locator('input[name="role"]').getAttribute('value')).toContain('role/vault');
  const first = await taken(visitor);
  expect((await daypass.iam(first).send(new ListUsersCommand({}))).Users?.length).toBeGreaterThan(0);

  await signOut(visitor);
  await goToIssuer(visitor); // which still knows who this is
  await page.waitForURL('**/me/roles');
  await page.click('text=Use your passkey');
  await page.click('text=Confirm with a passkey');
  await page.waitForURL('**/me/roles');
  const second = await taken(visitor);
  expect((await daypass.iam(second).send(new ListUsersCommand({}))).Users?.length).toBeGreaterThan(0);
  await visitor.close();
}, 120_000);

test('a user links a login, and signs in with it and with the passkey that it has', async () => {
  const visitor = await browser.newVisitor();
  const { page } = visitor;
  await visitor.addAuthenticator();
  await signInAsUser(visitor, 'anna');
  await page.goto(address('/me/passkeys/add'));
  await page.fill('#name', 'Key');
  await page.click('text=Create passkey');
  await page.waitForURL('**/me?done=passkey-added');

  await page.click(`button:has-text("${issuerName()}")`);
  await page.click('button[value="bob"]');
  await page.waitForURL('**/me/links/confirm');
  expect(await page.textContent('main')).toContain('Bob Example');
  await page.click('button:has-text("Link this login")');
  await page.waitForURL('**/me?done=linked');
  await signOut(visitor);

  await goToIssuer(visitor);
  await page.waitForURL('**/mfa');
  await page.click('form[action="/mfa/passkey"] button');
  await page.waitForURL('**/me/roles');
  await page.goto(address('/me'));
  const me = await page.textContent('main');
  expect(me).toContain(':user/anna');
  expect(me).toContain('Used in this session');
  await visitor.close();
}, 120_000);

test('a user links a SAML login, whose form comes from another site', async () => {
  const visitor = await browser.newVisitor({ width: 375 });
  const { page } = visitor;
  await signInAsUser(visitor, 'bert');
  await page.click('button:has-text("corp")');
  await page.click('button[value="carol"]');
  await page.waitForURL('**/me/links/confirm');
  expect(await page.textContent('main')).toContain('persistent carol');
  await page.click('button:has-text("Link this login")');
  await page.waitForURL('**/me?done=linked');
  await signOut(visitor);

  await page.click('a:has-text("corp")');
  await page.click('button[value="carol"]');
  await page.waitForURL('**/me');
  expect(await page.textContent('main')).toContain(':user/bert');
  await page.click('text=Unlink');
  await page.waitForURL('**/me?done=unlinked');
  await visitor.close();
}, 120_000);
