/** An account with what the benched requests need, written straight into the database. */
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Bootstrap } from '../../dev/bootstrap.ts';
import { signIdToken } from '../../dev/peers/oidc/id-token.ts';
import { makeKeys } from '../../dev/peers/oidc/keys.ts';
import { startOidcServer } from '../../dev/peers/oidc/server.ts';
import type { BrokerServer } from './servers.ts';
import type { BenchCredentials } from './sign.ts';

export const CLIENT_ID = 'daypass-bench';
export const ROLE = 'report-reader';
/** Callers of GetCallerIdentity take turns, as an API's callers do. */
const SESSIONS = 32;
const ID_TOKENS = 2048;

export interface BenchWorld {
  readonly roleArn: string;
  readonly idToken: string;
  /** Of the same person, each another text: so many that none is remembered when it comes again. */
  readonly idTokens: readonly string[];
  readonly idTokenKey: JWK;
  readonly admin: BenchCredentials;
  readonly sessions: readonly BenchCredentials[];
  readonly accessToken: string;
  readonly accessTokenKey: JWK;
  /** What the bare Worker signs its own tokens with. */
  readonly signingKey: JWK;
  stop(): Promise<void>;
}

/** Sets the broker up, starts an issuer, and fetches the credentials that the benched requests show. */
export async function makeWorld({ broker }: BrokerServer): Promise<BenchWorld> {
  const bootstrap = await broker.setup({ email: 'root@example.com' });
  const keys = await makeKeys();
  const issuer = await startOidcServer({ port: 0, keys });
  const [idTokenKey] = keys; // RS256
  if (idTokenKey === undefined) throw new Error('the issuer has no key');
  const roleArn = await insertRole(broker.d1, bootstrap.accountId, issuer.issuer);
  const nowSeconds = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer.issuer,
    aud: CLIENT_ID,
    sub: 'alice',
    email: 'alice@example.com',
    email_verified: true,
    name: 'Alice Example',
    iat: nowSeconds,
    exp: nowSeconds + 3600,
    auth_time: nowSeconds,
  };
  const idToken = await signIdToken(idTokenKey, claims);
  const idTokens: string[] = [];
  while (idTokens.length < ID_TOKENS)
    idTokens.push(await signIdToken(idTokenKey, { ...claims, jti: `login-${idTokens.length}` }));
  const sessions: BenchCredentials[] = [];
  while (sessions.length < SESSIONS) sessions.push(await assumeRole(broker.url, roleArn, idToken));
  const accessToken = await exchange(broker.url, roleArn, idToken);
  return {
    roleArn,
    idToken,
    idTokens,
    idTokenKey: publicPart(idTokenKey),
    admin: adminOf(bootstrap),
    sessions,
    accessToken,
    accessTokenKey: await verificationKey(broker.url),
    signingKey: await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey),
    stop: issuer.stop,
  };
}

const adminOf = ({ admin }: Bootstrap): BenchCredentials => ({
  accessKeyId: admin.accessKeyId,
  secretAccessKey: admin.secretAccessKey,
});

const publicPart = ({ kty, n, e }: JWK): JWK => ({
  ...(kty !== undefined && { kty }),
  ...(n !== undefined && { n }),
  ...(e !== undefined && { e }),
});

type D1 = BrokerServer['broker']['d1'];

/** @returns the role's ARN; the administrator and alice's ID token may take it */
async function insertRole(d1: D1, accountId: string, issuer: string): Promise<string> {
  const url = issuer.replace(/^https?:\/\//, '');
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/${url}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [`${url}:aud`]: CLIENT_ID, [`${url}:sub`]: 'alice' } },
      },
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: 'sts:AssumeRole' },
    ],
  };
  const permissions = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: 'arn:aws:s3:::reports*' },
      {
        Effect: 'Deny',
        Action: 's3:*',
        Resource: '*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      { Effect: 'Allow', Action: 'sqs:*', Resource: '*' },
    ],
  };
  await d1.batch([
    d1
      .prepare(
        'INSERT INTO oidc_providers (account_id, provider_id, issuer, url, client_ids, thumbprints, tags, created_at_seconds) VALUES (?, ?, ?, ?, ?, ?, ?, 0)',
      )
      .bind(accountId, 'bench-provider', issuer, url, JSON.stringify([CLIENT_ID]), '[]', '[]'),
    d1
      .prepare(
        'INSERT INTO roles (account_id, role_id, name, name_key, path, description, trust_document, trust_pins, max_session_seconds, boundary_arn, tags, created_at_seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 43200, NULL, ?, 0)',
      )
      .bind(accountId, 'AROAAAAAAAAAAAAAAAAAA', ROLE, ROLE, '/', '', JSON.stringify(trust), '{}', '[]'),
    d1
      .prepare(
        'INSERT INTO inline_policies (account_id, owner_type, owner_id, name, name_key, document) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .bind(accountId, 'role', 'AROAAAAAAAAAAAAAAAAAA', 'read', 'read', JSON.stringify(permissions)),
  ]);
  return `arn:aws:iam::${accountId}:role/${ROLE}`;
}

async function assumeRole(url: string, roleArn: string, idToken: string): Promise<BenchCredentials> {
  const text = await post(`${url}/`, webIdentityForm(roleArn, idToken));
  const member = (name: string): string => {
    const found = new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
    if (found === undefined) throw new Error(`no ${name} in: ${text}`);
    return found;
  };
  return {
    accessKeyId: member('AccessKeyId'),
    secretAccessKey: member('SecretAccessKey'),
    sessionToken: member('SessionToken'),
  };
}

async function exchange(url: string, roleArn: string, idToken: string): Promise<string> {
  const answer: { access_token?: string } = JSON.parse(
    await post(`${url}/oauth/token`, exchangeForm(roleArn, idToken)),
  );
  if (answer.access_token === undefined) throw new Error('the exchange gave no token');
  return answer.access_token;
}

async function verificationKey(url: string): Promise<JWK> {
  const { keys }: { keys: JWK[] } = JSON.parse(await (await fetch(`${url}/.well-known/jwks.json`)).text());
  const key = keys.find((each) => each.alg === 'ES256');
  if (key === undefined) throw new Error('the broker publishes no ES256 key');
  return key;
}

async function post(url: string, form: URLSearchParams): Promise<string> {
  const response = await fetch(url, { method: 'POST', body: form });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text}`);
  return text;
}

/** The form of AssumeRoleWithWebIdentity. */
export const webIdentityForm = (roleArn: string, idToken: string): URLSearchParams =>
  new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: 'alice',
    WebIdentityToken: idToken,
  });

/** The form of a token exchange for a JWT. */
export const exchangeForm = (roleArn: string, idToken: string): URLSearchParams =>
  new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: idToken,
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    resource: roleArn,
  });
