/**
 * Registers the stand-ins that `npm start` runs with the broker that runs beside them, so that every kind of login can be clicked through:
 * a provider with our client's secret, a role that trusts it, and rules that map everybody to the role.
 *
 *     npm run stand-ins [-- PORT [SAML_STAND_IN]]
 *
 * It is no part of the start: a fresh broker stays empty. What is there already stays as it is.
 */
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  EntityAlreadyExistsException,
  GetSAMLProviderCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { signedFetch } from './demo/signed-fetch.ts';
import { readBootstrap } from './first-run.ts';
import { readSettings } from './settings.ts';

const CLIENT = 'daypass-demo';
const SECRET = 'daypass-demo-secret';

const settings = readSettings({ ...process.env, ...(process.argv[2] && { PORT: process.argv[2] }) });
const bootstrap = readBootstrap(settings.stateDir, settings.port);
if (bootstrap === null) throw new Error(`there are no keys in ${settings.stateDir}`);
const { endpoint, accountId, admin } = bootstrap;
const iam = new IAMClient({ endpoint, region: 'us-east-1', credentials: admin });

/** Each stand-in: its registered URL, and the condition key that says for which client a login is. */
const standIns = [
  { name: 'oidc', url: `http://localhost:${settings.port + 1}`, audienceKey: 'aud' },
  { name: 'google', url: 'https://accounts.google.com', audienceKey: 'aud' },
  { name: 'facebook', url: 'https://graph.facebook.com', audienceKey: 'app_id' },
  { name: 'x', url: 'https://api.x.com', audienceKey: 'client_id' },
] as const;

for (const standIn of standIns) {
  const loginId = await register(standIn);
  console.log(`${standIn.name.padEnd(9)} ${endpoint}/login/${loginId}`);
}
console.log(
  `${'saml'.padEnd(9)} ${await registerSaml(process.argv[3] ?? `http://localhost:${settings.port + 5}`)}`,
);

/** @returns where to log in, or why not */
async function registerSaml(standIn: string): Promise<string> {
  const metadata = await fetch(`${standIn}/metadata`).then(
    (answer) => answer.text(),
    () => null,
  );
  if (metadata === null) return `nothing answers at ${standIn}`;
  const SAMLProviderArn = `arn:aws:iam::${accountId}:saml-provider/stand-in`;
  const RoleName = 'visitor-saml';
  await unlessThere(
    iam.send(new CreateSAMLProviderCommand({ Name: 'stand-in', SAMLMetadataDocument: metadata })),
  );
  const { SAMLProviderUUID: id = '' } = await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn }));
  const trust = {
    Effect: 'Allow',
    Principal: { Federated: SAMLProviderArn },
    Action: 'sts:AssumeRoleWithSAML',
    Condition: { StringEquals: { 'SAML:aud': `${endpoint}/saml/${id}/acs` } },
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  await unlessThere(iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument })));
  await mapEverybody(SAMLProviderArn, RoleName);
  return `${endpoint}/saml/${id}/login`;
}

/** @returns the provider's unique id */
async function register({ name, url, audienceKey }: (typeof standIns)[number]): Promise<string> {
  const prefix = url.replace(/^https?:\/\//, '');
  const providerArn = `arn:aws:iam::${accountId}:oidc-provider/${prefix}`;
  const RoleName = `visitor-${name}`;
  const trust = {
    Effect: 'Allow',
    Principal: { Federated: providerArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { [`${prefix}:${audienceKey}`]: CLIENT } },
  };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  await unlessThere(iam.send(new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: [CLIENT] })));
  await unlessThere(iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument })));
  const onProvider = { OpenIDConnectProviderArn: providerArn };
  await daypass('PutProviderClientSecret', { ...onProvider, ClientId: CLIENT, ClientSecret: SECRET });
  await mapEverybody(providerArn, RoleName);
  const listed = await daypass('ListProviderClientSecrets', onProvider);
  return /<ProviderId>([^<]+)</.exec(listed)?.[1] ?? '';
}

async function mapEverybody(ProviderArn: string, roleName: string): Promise<void> {
  const roles = { Rules: [], Default: { Roles: `arn:aws:iam::${accountId}:role/${roleName}` } };
  await daypass('PutMappingRules', { ProviderArn, RulesDocument: JSON.stringify(roles) });
}

async function unlessThere(making: Promise<unknown>): Promise<void> {
  try {
    await making;
  } catch (error) {
    if (!(error instanceof EntityAlreadyExistsException)) throw error;
  }
}

/** Calls an action of Daypass's own API. @returns the XML. @throws Error with it when it is a refusal */
async function daypass(action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const form = new URLSearchParams({ Action: action, Version: '2026-11-01', ...parameters });
  const answer = await signedFetch(`${endpoint}/`, form.toString(), admin);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${action} answered ${answer.status}: ${text}`);
  return text;
}
