/** An application and two APIs behind it, as clients that exchange tokens. */
import { decodeJwt } from 'jose';
import { basicOf, postForm, type RegisteredClient, registerClient, registerScope } from './oauth-clients.ts';
import { type Scenario, startScenario } from './scenario.ts';

export const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
export const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
export const JWT = 'urn:ietf:params:oauth:token-type:jwt';
export const AWS_CREDENTIALS = 'urn:daypass:token-type:aws-credentials';

export const ORDERS = 'https://orders.example';
export const STOCK = 'https://stock.example';

export interface ExchangeWorld extends Scenario {
  /** The role `wide`, which trusts every subject of the issuer and may `s3:*`. */
  readonly wideArn: string;
  /** Calls the orders API; has the scopes `read` and `write`. */
  readonly app: RegisteredClient;
  /** The orders API itself, which calls the stock API. */
  readonly orders: RegisteredClient;
  /** Of the same account, with nothing to do with either. */
  readonly stranger: RegisteredClient;
  ask(
    client: RegisteredClient | null,
    parameters: Readonly<Record<string, string>>,
  ): ReturnType<typeof postForm>;
  /** An access token that the application got for a person, unless other parameters say otherwise. */
  appToken(parameters?: Readonly<Record<string, string>>): Promise<string>;
  /** Whether a token may do something to an object, as a resource server asks. */
  may(token: unknown, action: string): Promise<unknown>;
}

/** Starts it. Call `stop` in afterAll. */
export async function startExchangeWorld(): Promise<ExchangeWorld> {
  const scenario = await startScenario();
  const { daypass } = scenario;
  const wideArn = await scenario.makeRole('wide', {});
  await scenario.allow('wide', { Effect: 'Allow', Action: ['s3:*', 'sts:*'], Resource: '*' });
  await registerScope(daypass, 'read', { Action: 's3:GetObject' });
  await registerScope(daypass, 'write', { Action: 's3:PutObject' });
  const client = (more: Readonly<Record<string, string>>) =>
    registerClient(daypass, {
      TokenEndpointAuthMethod: 'client_secret_basic',
      'GrantTypes.member.1': EXCHANGE,
      ...more,
    });
  const [app, orders, stranger] = await Promise.all([
    client({ 'Scopes.member.1': 'read', 'Scopes.member.2': 'write', 'Audiences.member.1': ORDERS }),
    client({ 'ServedAudiences.member.1': ORDERS, 'Audiences.member.1': STOCK }),
    client({ 'Audiences.member.1': ORDERS, 'Audiences.member.2': STOCK }),
  ]);
  const ask: ExchangeWorld['ask'] = (asking, parameters) =>
    postForm(
      daypass,
      '/oauth/token',
      { grant_type: EXCHANGE, ...parameters },
      asking === null ? {} : basicOf(asking),
    );
  return {
    ...{ ...scenario, wideArn, app, orders, stranger, ask },
    appToken: async (parameters = {}) => {
      const subject = { subject_token: await scenario.idToken(), subject_token_type: ID_TOKEN };
      const { body } = await ask(app, { ...subject, resource: wideArn, ...parameters });
      if (typeof body.access_token !== 'string') throw new Error(JSON.stringify(body));
      return body.access_token;
    },
    may: async (token, action) => {
      const answer = await daypass.fetch('/access/v1/evaluation', {
        method: 'POST',
        body: JSON.stringify({
          subject: { type: 'access_token', id: token },
          action: { name: action },
          resource: { type: 'arn', id: 'arn:aws:s3:::reports/1' },
        }),
      });
      return Object(await answer.json()).decision;
    },
  };
}

/** The claims of a token that is ours for certain. */
export const claimsOf = (token: unknown): Readonly<Record<string, unknown>> => decodeJwt(String(token));
