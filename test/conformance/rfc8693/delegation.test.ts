/** RFC 8693 sections 1.1, 2.1 and 4: actor tokens, `act`, `may_act`, and that no way of asking drops them. */

import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import {
  basicOf,
  makeClientRole,
  postForm,
  type RegisteredClient,
  registerClient,
} from '../../helpers/oauth-clients.ts';
import {
  ACCESS_TOKEN,
  AWS_CREDENTIALS,
  claimsOf,
  EXCHANGE,
  type ExchangeWorld,
  ID_TOKEN,
  JWT,
  ORDERS,
  STOCK,
  startExchangeWorld,
} from '../../helpers/oauth-exchange.ts';
import { credentialsFrom, policy } from '../../helpers/scenario.ts';
import { postSignedForm } from '../../helpers/signed-form.ts';

let world: ExchangeWorld;
let account: string;
/** Serves the orders API and may act for whoever has the role `wide`. */
let service: RegisteredClient;
/** Serves the stock API and may act likewise. */
let second: RegisteredClient;
/** May act for nobody. */
let idle: RegisteredClient;
beforeAll(async () => {
  world = await startExchangeWorld();
  account = world.daypass.bootstrap.accountId;
  const actFor = `arn:aws:sts::${account}:assumed-role/wide/*`;
  const acting = await makeClientRole(world.daypass, 'acting', {
    Action: 'daypass:ActFor',
    Resource: actFor,
  });
  const idling = await makeClientRole(world.daypass, 'idling', { Action: 's3:*' });
  const client = (RoleArn: string, served: string, audiences: readonly string[]) =>
    registerClient(world.daypass, {
      TokenEndpointAuthMethod: 'client_secret_basic',
      'GrantTypes.member.1': EXCHANGE,
      'GrantTypes.member.2': 'client_credentials',
      'ServedAudiences.member.1': served,
      ...Object.fromEntries(audiences.map((audience, at) => [`Audiences.member.${at + 1}`, audience])),
      RoleArn,
    });
  [service, second, idle] = await Promise.all([
    client(acting, ORDERS, [STOCK]),
    client(acting, STOCK, [STOCK]),
    client(idling, ORDERS, [STOCK]),
  ]);
});
afterAll(() => world.stop());

/** The client's own token: it is who acts. */
async function selfToken(client: RegisteredClient, more: Readonly<Record<string, string>> = {}) {
  const form = { grant_type: 'client_credentials', ...more };
  return String((await postForm(world.daypass, '/oauth/token', form, basicOf(client))).body.access_token);
}

const acting = async (client: RegisteredClient) => ({
  actor_token: await selfToken(client),
  actor_token_type: ACCESS_TOKEN,
});

const own = (subject_token: string) => ({ subject_token, subject_token_type: ACCESS_TOKEN });

/** What the service does for a person who came through the application. */
const delegated = async (more: Readonly<Record<string, string>> = {}) =>
  world.ask(service, {
    ...own(await world.appToken()),
    ...(await acting(service)),
    audience: STOCK,
    ...more,
  });

const refusal = {
  error: 'invalid_request',
  error_description: 'the actor may not act for the subject',
};

const actorOf = (client: RegisteredClient, role = 'acting') => ({
  iss: world.daypass.url,
  sub: client.clientId,
  daypass: { arn: `arn:aws:sts::${account}:assumed-role/${role}/${client.clientId}` },
});

const keysOf = (body: Readonly<Record<string, unknown>>) => ({
  accessKeyId: String(body.access_key_id),
  secretAccessKey: String(body.secret_access_key),
  sessionToken: String(body.session_token),
});

describe('section 4.1: an actor', () => {
  test('stands in the claim act, while the subject, its session and its scopes stay', async () => {
    const token = await world.appToken({ scope: 'read' });
    const { status, body } = await world.ask(service, { ...own(token), ...(await acting(service)) });
    expect([status, body.issued_token_type]).toEqual([200, ACCESS_TOKEN]);
    const [before, after] = [decodeJwt(token), decodeJwt(String(body.access_token))];
    expect(after.act).toEqual(actorOf(service));
    expect(after).toMatchObject({ sub: before.sub, scope: 'read', aud: ORDERS, client_id: service.clientId });
    expect(Object(after.daypass).session).toBe(Object(before.daypass).session);
    expect(await world.may(body.access_token, 's3:GetObject')).toBe(true);
    expect(await world.may(body.access_token, 's3:PutObject')).toBe(false);
  });

  test('is followed by who acted before: the newest outermost', async () => {
    const first = String((await delegated()).body.access_token);
    const { body } = await world.ask(second, { ...own(first), ...(await acting(second)) });
    expect(claimsOf(body.access_token).act).toEqual({ ...actorOf(second), act: actorOf(service) });
  });

  test('may be the fourth and not the fifth', async () => {
    let token = String((await delegated()).body.access_token);
    for (const expected of [200, 200, 200, 400]) {
      const answer = await world.ask(second, { ...own(token), ...(await acting(second)) });
      expect(answer.status).toBe(expected);
      token = String(answer.body.access_token ?? token);
    }
  });

  test('acts at once for an outside login, and its token may be called a JWT', async () => {
    const { body } = await world.ask(service, {
      ...{ subject_token: await world.idToken(), subject_token_type: ID_TOKEN, resource: world.wideArn },
      ...{ actor_token: await selfToken(service), actor_token_type: JWT },
    });
    expect(claimsOf(body.access_token).act).toEqual(actorOf(service));
  });

  test('ends with whoever the actor is: their login, and what its session was chained from', async () => {
    const { daypass } = world;
    const botArn = await world.makeRole('bot', {});
    await world.allow('bot', {
      Effect: 'Allow',
      Action: ['daypass:ActFor', 'sts:AssumeRole'],
      Resource: '*',
    });
    const asActor = async (sub: string) => {
      const login = { subject_token: await world.idToken({ sub }), subject_token_type: ID_TOKEN };
      const { body } = await world.ask(service, { ...login, resource: botArn });
      return { actor_token: String(body.access_token), actor_token_type: ACCESS_TOKEN };
    };
    const acted = async (actor: Readonly<Record<string, string>>) =>
      (await world.ask(service, { ...own(await world.appToken()), ...actor })).body.access_token;
    const [one, other] = [await acted(await asActor('bot-1')), await acted(await asActor('bot-2'))];
    const both = () => Promise.all([one, other].map((token) => world.may(token, 's3:GetObject')));
    expect(await both()).toEqual([true, true]);
    const revoked = { Provider: world.providerArn, Subject: 'bot-1' };
    expect((await daypassQuery(daypass, 'RevokeSessions', revoked)).status).toBe(200);
    expect(await both()).toEqual([false, true]);
  });

  test('ends with its own token, and with its own session', async () => {
    const actor_token = await selfToken(service);
    await world.daypass.advance(1200);
    const answer = await world.ask(service, {
      ...own(await world.appToken()),
      ...{ actor_token, actor_token_type: ACCESS_TOKEN, audience: STOCK },
    });
    expect(claimsOf(answer.body.access_token).exp).toBe(claimsOf(actor_token).exp);
    expect(await world.may(answer.body.access_token, 's3:GetObject')).toBe(true);
    const SessionId = String(Object(claimsOf(actor_token).daypass).session);
    expect((await daypassQuery(world.daypass, 'RevokeSessions', { SessionId })).status).toBe(200);
    expect(await world.may(answer.body.access_token, 's3:GetObject')).toBe(false);
  });
});

test('section 4.1: what somebody acts in ends with the actor token that is given back, and by no other', async () => {
  const [given, kept] = [await selfToken(service), await selfToken(service)];
  const acted = async (actor_token: string) => {
    const actor = { actor_token, actor_token_type: ACCESS_TOKEN, audience: STOCK };
    return (await world.ask(service, { ...own(await world.appToken()), ...actor })).body.access_token;
  };
  const [one, other] = [await acted(given), await acted(kept)];
  await postForm(world.daypass, '/oauth/revoke', { token: given }, basicOf(service));
  expect([await world.may(one, 's3:GetObject'), await world.may(other, 's3:GetObject')]).toEqual([
    false,
    true,
  ]);
});

describe('no way of asking drops an actor', () => {
  test('neither an exchange without one, by the API that it was shown to', async () => {
    const first = String((await delegated()).body.access_token);
    const { body } = await world.ask(second, own(first));
    expect(claimsOf(body.access_token).act).toEqual(actorOf(service));
  });

  test('nor AWS keys, what is assumed with them, and what becomes a token again', async () => {
    const { ask, daypass, makeRole } = world;
    const RoleArn = await makeRole('next', {
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'sts:AssumeRole',
    });
    const { body } = await ask(service, {
      ...{ subject_token: await world.idToken(), subject_token_type: ID_TOKEN, resource: world.wideArn },
      ...(await acting(service)),
      requested_token_type: AWS_CREDENTIALS,
    });
    const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'next' });
    const { Credentials } = await daypass.sts(keysOf(body)).send(assume);
    const next = credentialsFrom(Credentials);
    expect((await tokenOf(next)).act).toEqual(actorOf(service));
  });

  test('nor a token of another issuer that names one, whichever door it comes by', async () => {
    const act = { sub: 'desk', act: { sub: 'bot' } };
    const { issuer } = world.issuer;
    const expected = { iss: issuer, sub: 'desk', act: { iss: issuer, sub: 'bot' } };
    const subject = { resource: world.wideArn, subject_token: await world.idToken({ act }) };
    const exchanged = await world.ask(null, { ...subject, subject_token_type: ID_TOKEN });
    expect(claimsOf(exchanged.body.access_token).act).toEqual(expected);
    const bearer = await postForm(world.daypass, '/oauth/token', {
      ...{
        grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
        assertion: await world.idToken({ act }),
      },
      resource: world.wideArn,
    });
    expect(claimsOf(bearer.body.access_token).act).toEqual(expected);
    const assumed = await world.daypass.sts({ accessKeyId: 'none', secretAccessKey: 'none' }).send(
      new AssumeRoleWithWebIdentityCommand({
        ...{ RoleArn: world.wideArn, RoleSessionName: 'chosen' },
        WebIdentityToken: await world.idToken({ act }),
      }),
    );
    expect((await tokenOf(credentialsFrom(assumed.Credentials))).act).toEqual(expected);
  });

  test('and what cannot be read is refused, not left out', async () => {
    for (const act of ['desk', {}, { sub: 5 }]) {
      const { status, body } = await world.ask(null, {
        ...{ resource: world.wideArn, subject_token: await world.idToken({ act }) },
        subject_token_type: ID_TOKEN,
      });
      expect([status, body.error]).toEqual([400, 'invalid_request']);
    }
  });

  test('nor introspection', async () => {
    const token = String((await delegated()).body.access_token);
    const { body } = await postForm(world.daypass, '/oauth/introspect', { token }, basicOf(second));
    expect([body.active, body.act]).toEqual([true, actorOf(service)]);
  });

  test('and the trail of what is done with it', async () => {
    const { body } = await world.ask(service, {
      ...{ subject_token: await world.idToken(), subject_token_type: ID_TOKEN, resource: world.wideArn },
      ...(await acting(service)),
      requested_token_type: AWS_CREDENTIALS,
    });
    await world.daypass.sts(keysOf(body)).send(new GetCallerIdentityCommand({}));
    const actors = async () => {
      const { results } = await world.daypass.d1
        .prepare("SELECT body FROM audit_events WHERE event_name = 'GetCallerIdentity'")
        .all<{ body: string }>();
      return results.map((row) => Object(JSON.parse(row.body)).userIdentity.actors);
    };
    await expect.poll(actors, { timeout: 30_000 }).toEqual([
      [
        {
          issuer: world.daypass.url,
          subject: service.clientId,
          arn: actorOf(service).daypass.arn,
        },
      ],
    ]);
  });

  /** The claims of the token that a session becomes in a request of its own. */
  async function tokenOf(credentials: Required<Credentials>) {
    const form = {
      grant_type: EXCHANGE,
      subject_token: credentials.sessionToken,
      subject_token_type: 'urn:daypass:token-type:aws-session',
    };
    const answer = await postSignedForm(world.daypass, form, { path: '/oauth/token', credentials });
    return claimsOf(Object(await answer.json()).access_token);
  }
});

describe('policies know who acts', () => {
  const denies = (Condition: object) =>
    world.allow(
      'wide',
      { Effect: 'Allow', Action: 's3:*', Resource: '*' },
      { Effect: 'Deny', Action: 's3:PutObject', Resource: '*', Condition },
    );

  test('by ARN, by subject, and that anybody does at all', async () => {
    const plain = await world.appToken();
    const acted = (await delegated()).body.access_token;
    for (const condition of [
      { ArnLike: { 'daypass:ActorArn': `arn:aws:sts::${account}:assumed-role/acting/*` } },
      {
        StringEquals: { 'daypass:ActorSubject': service.clientId, 'daypass:ActorIssuer': world.daypass.url },
      },
      { Null: { 'daypass:ActorSubject': 'false' } },
    ]) {
      await denies(condition);
      expect(await world.may(acted, 's3:PutObject')).toBe(false);
      expect(await world.may(acted, 's3:GetObject')).toBe(true);
      expect(await world.may(plain, 's3:PutObject')).toBe(true);
    }
    await world.allow('wide', { Effect: 'Allow', Action: ['s3:*', 'sts:*'], Resource: '*' });
  });

  test('also of trust, which can refuse whoever acts for somebody', async () => {
    const resource = await world.makeRole('alone', {
      Condition: { Null: { 'daypass:ActorSubject': 'true' } },
    });
    const ask = async (claims: object) =>
      (
        await world.ask(null, {
          ...{ resource, subject_token: await world.idToken({ ...claims }) },
          subject_token_type: ID_TOKEN,
        })
      ).status;
    expect(await ask({ act: { sub: 'desk' } })).toBe(400);
    expect(await ask({})).toBe(200);
  });

  test('and nobody who asks about a token can say it otherwise', async () => {
    await denies({ Null: { 'daypass:ActorSubject': 'true' } });
    const plain = await world.appToken();
    const answer = await world.daypass.fetch('/access/v1/evaluation', {
      method: 'POST',
      body: JSON.stringify({
        subject: { type: 'access_token', id: plain },
        action: { name: 's3:PutObject' },
        resource: { type: 'arn', id: 'arn:aws:s3:::reports/1' },
        context: { 'daypass:ActorSubject': 'somebody' },
      }),
    });
    expect(Object(await answer.json()).decision).toBe(false);
    await world.allow('wide', { Effect: 'Allow', Action: ['s3:*', 'sts:*'], Resource: '*' });
  });
});

describe('section 2.1: an actor token', () => {
  test('needs its type, a type without a token is none, and other types are refused', async () => {
    const subject = own(await world.appToken());
    const actor_token = await selfToken(service);
    for (const parameters of [
      { actor_token },
      { actor_token_type: ACCESS_TOKEN },
      { actor_token, actor_token_type: ID_TOKEN },
      { actor_token, actor_token_type: 'urn:ietf:params:oauth:token-type:saml2' },
    ]) {
      const { status, body } = await world.ask(service, { ...subject, ...parameters });
      expect([status, body.error]).toEqual([400, 'invalid_request']);
    }
    expect((await world.ask(service, { ...subject, ...(await acting(service)) })).status).toBe(200);
  });

  test('is the client’s own, and of nobody else, whatever the subject is', async () => {
    const subject = {
      subject_token: await world.idToken(),
      subject_token_type: ID_TOKEN,
      resource: world.wideArn,
    };
    const mine = await acting(service);
    expect((await world.ask(null, { ...subject, ...mine })).body.error).toBe('invalid_client');
    for (const asking of [second, world.app])
      expect((await world.ask(asking, { ...subject, ...mine })).body).toEqual(refusal);
    const shown = { actor_token: await world.appToken(), actor_token_type: ACCESS_TOKEN };
    expect((await world.ask(service, { ...subject, ...shown })).body).toEqual(refusal);
    for (const actor_token of ['x', (await selfToken(service)).slice(0, -4), await world.idToken()])
      expect((await world.ask(service, { ...subject, ...mine, actor_token })).body).toEqual(refusal);
    expect((await world.ask(service, { ...subject, ...mine })).status).toBe(200);
  });

  test('needs the permission to act: nobody has it who was not given it, nor for another role', async () => {
    const token = own(await world.appToken());
    expect((await world.ask(idle, { ...token, ...(await acting(idle)) })).body).toEqual(refusal);
    const elsewhere = {
      subject_token: await world.idToken(),
      subject_token_type: ID_TOKEN,
      resource: world.roleArn,
    };
    expect((await world.ask(service, { ...elsewhere, ...(await acting(service)) })).body).toEqual(refusal);
    const permit = (Effect: string) =>
      world.daypass.iam().send(
        new PutRolePolicyCommand({
          ...{ RoleName: 'idling', PolicyName: 'more' },
          PolicyDocument: policy({ Effect, Action: 'daypass:ActFor', Resource: '*' }),
        }),
      );
    await permit('Allow');
    expect((await world.ask(idle, { ...token, ...(await acting(idle)) })).status).toBe(200);
    await permit('Deny');
    expect((await world.ask(idle, { ...token, ...(await acting(idle)) })).body).toEqual(refusal);
  });

  test('in whose session somebody else acts makes no actor: its own would be lost', async () => {
    const actor = await world.ask(service, {
      ...own(await selfToken(service)),
      ...(await acting(service)),
    });
    // The role `acting` may act for `wide` alone, so the service cannot even act for itself.
    expect(actor.body).toEqual(refusal);
    const acted = await world.ask(service, {
      ...{ subject_token: await world.idToken(), subject_token_type: ID_TOKEN, resource: world.wideArn },
      ...(await acting(service)),
    });
    await world.allow('wide', { Effect: 'Allow', Action: '*', Resource: '*' });
    const shown = { actor_token: String(acted.body.access_token), actor_token_type: ACCESS_TOKEN };
    expect((await world.ask(service, { ...own(await world.appToken()), ...shown })).body).toEqual(refusal);
    await world.allow('wide', { Effect: 'Allow', Action: ['s3:*', 'sts:*'], Resource: '*' });
  });
});

describe('section 4.4: may_act', () => {
  const exchange = async (may_act: unknown, asking = service) =>
    world.ask(asking, {
      ...{
        resource: world.wideArn,
        subject_token: await world.idToken({ may_act }),
        subject_token_type: ID_TOKEN,
      },
      ...(await acting(asking)),
    });

  test('lets act whom it names, and nobody else: issuer and subject both', async () => {
    const named = { iss: world.daypass.url, sub: service.clientId };
    expect((await exchange(named)).status).toBe(200);
    for (const other of [
      { ...named, sub: second.clientId },
      { ...named, iss: 'https://elsewhere.example' },
      { sub: service.clientId },
      { ...named, email: 'x@example.com' },
      {},
      'x',
    ])
      expect((await exchange(other)).body, JSON.stringify(other)).toEqual(refusal);
    expect((await exchange(named, second)).body).toEqual(refusal);
  });

  test('holds on in what is made of the token', async () => {
    const may_act = { iss: world.daypass.url, sub: second.clientId };
    const subject = { subject_token: await world.idToken({ may_act }), subject_token_type: ID_TOKEN };
    const { body } = await world.ask(service, { ...subject, resource: world.wideArn, audience: STOCK });
    expect(claimsOf(body.access_token).may_act).toEqual(may_act);
    const token = own(String(body.access_token));
    expect((await world.ask(service, { ...token, ...(await acting(service)) })).body).toEqual(refusal);
    expect((await world.ask(second, { ...token, ...(await acting(second)) })).status).toBe(200);
  });
});
