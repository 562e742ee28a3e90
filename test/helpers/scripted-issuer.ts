/** An issuer of the tests whose people say at its login whatever a test wants them to. */
import { createServer } from 'node:http';
import { CreateOpenIDConnectProviderCommand } from '@aws-sdk/client-iam';
import type { JWTPayload } from 'jose';
import { listen } from '../../dev/loopback.ts';
import { signIdToken } from '../../dev/peers/oidc/id-token.ts';
import { makeKeys } from '../../dev/peers/oidc/keys.ts';
import type { Daypass } from './daypass.ts';
import { daypassQuery } from './daypass-query.ts';

export const SCRIPTED_CLIENT = 'our-app';

export interface RegisteredIssuer {
  readonly arn: string;
  readonly providerId: string;
}

export interface ScriptedIssuer {
  readonly issuer: string;
  /** Prefix of its condition keys. */
  readonly prefix: string;
  /** Registers it with a client that has a secret. */
  register(daypass: Daypass): Promise<RegisteredIssuer>;
  /** Signs an ID token for our client. */
  sign(claims: JWTPayload): Promise<string>;
  /**
   * Somebody signs in there.
   * @param location - where a login sent the browser
   * @param claims - what the issuer then says of them
   * @returns the path and query that the browser comes back to
   */
  answer(location: string | null, claims: JWTPayload): string;
  stop(): Promise<void>;
}

/** Starts it on a free port. */
export async function startScriptedIssuer(): Promise<ScriptedIssuer> {
  const [key] = await makeKeys();
  if (key === undefined) throw new Error('no key');
  const { d: _, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...shown } = key;
  const codes = new Map<string, JWTPayload>();
  const nowSeconds = () => Math.floor(Date.now() / 1000);
  const sign = (claims: JWTPayload) =>
    signIdToken(key, {
      iss: issuer,
      aud: SCRIPTED_CLIENT,
      iat: nowSeconds(),
      exp: nowSeconds() + 3600,
      ...claims,
    });

  const server = createServer((request, response) => {
    const json = (value: object, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.url === '/.well-known/openid-configuration')
      json({
        issuer,
        jwks_uri: `${issuer}/jwks`,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
      });
    else if (request.url === '/jwks') json({ keys: [shown] });
    else {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        const claims = codes.get(new URLSearchParams(body).get('code') ?? '');
        if (claims === undefined) json({ error: 'invalid_grant' }, 400);
        else
          sign(claims).then(
            (id_token) => json({ id_token }),
            () => json({}, 500),
          );
      });
    }
  });
  const issuer = `http://localhost:${await listen(server, 0)}`;

  return {
    issuer,
    prefix: issuer.replace('http://', ''),
    sign,
    register: async (daypass) => {
      const made = await daypass
        .iam()
        .send(new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: [SCRIPTED_CLIENT] }));
      const arn = made.OpenIDConnectProviderArn ?? '';
      const onProvider = { OpenIDConnectProviderArn: arn };
      const client = { ClientId: SCRIPTED_CLIENT, ClientSecret: 'a-secret-of-ours' };
      await daypassQuery(daypass, 'PutProviderClientSecret', { ...onProvider, ...client });
      const listed = await daypassQuery(daypass, 'ListProviderClientSecrets', onProvider);
      return { arn, providerId: listed.all('ProviderId')[0] ?? '' };
    },
    answer: (location, claims) => {
      const query = new URL(location ?? 'about:blank').searchParams;
      const code = `code-${codes.size}`;
      const nonce = query.get('nonce');
      codes.set(code, { ...(nonce !== null && { nonce }), ...claims });
      const { pathname } = new URL(query.get('redirect_uri') ?? 'about:blank');
      return `${pathname}?code=${code}&state=${query.get('state')}`;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
