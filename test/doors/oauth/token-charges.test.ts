/** Whoever makes the token endpoint write before having proved to be anybody is slowed down. */
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { digestOf } from '../../../src/core/digest.ts';
import { clientArn, clientIdOf, type OAuthClient } from '../../../src/core/oauth/client.ts';
import { arrive } from '../../../src/doors/http/door.ts';
import { tokenEndpoint } from '../../../src/doors/oauth/token.ts';
import type { Deps } from '../../../src/usecases/deps.ts';
import { giveNonce } from '../../../src/usecases/proof-nonce.ts';
import { ACCOUNT, DAYPASS_ISSUER, fakeDeps, fakeDirectory, requestFacts } from '../../helpers/fake-deps.ts';
import { START_SECONDS } from '../../helpers/fake-world.ts';

const CLIENT_ID = clientIdOf(ACCOUNT, 'A'.repeat(22));

const client = async (authenticationMethod: 'none' | 'client_secret_post'): Promise<OAuthClient> => ({
  accountId: ACCOUNT,
  clientId: CLIENT_ID,
  arn: clientArn(ACCOUNT, CLIENT_ID),
  settings: {
    ...{ name: 'app', authenticationMethod, grantTypes: ['authorization_code'], scopes: [], audiences: [] },
    ...{ redirectUris: ['https://app.example/cb'], roleArn: null, dpopRequired: false, keys: [] },
  },
  secrets: [{ hash: await digestOf('secret'), createdAtSeconds: 0, expiresAtSeconds: null }],
  createdAtSeconds: 0,
});

/** A request that is refused for want of a code, whatever proves it. @returns what was written, and what was charged */
async function refused(by: OAuthClient, form: Readonly<Record<string, string>>, withProof: boolean) {
  const counts = { written: 0, charged: 0 };
  const parts: Partial<Deps> = {
    directory: { ...fakeDirectory({}), oauthClient: async () => by },
    oneTime: { use: async () => ++counts.written > 0 } as unknown as Deps['oneTime'], // the one method that is reached
    lookups: { isExhausted: () => false, charge: () => void ++counts.charged },
    audit: { note: () => undefined } as unknown as Deps['audit'], // a refusal is only noted
  };
  const deps = fakeDeps({}, parts);
  const url = new URL(`${DAYPASS_ISSUER}/oauth/token`);
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const nonce = await giveNonce('dpop', START_SECONDS, deps);
  const proof = await new SignJWT({
    jti: randomUUID(),
    htm: 'POST',
    htu: url.href,
    iat: START_SECONDS,
    nonce,
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(publicKey) })
    .sign(privateKey);
  const body = new URLSearchParams({ grant_type: 'authorization_code', client_id: CLIENT_ID, ...form });
  const headers: Record<string, string> = withProof ? { dpop: proof } : {};
  const request = new Request(url, { method: 'POST', headers, body });
  const answer = await tokenEndpoint(arrive(request, request.url, deps, requestFacts()));
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  return counts;
}

test('a proof that was used up for a public client, which anybody can name, is charged to its address', async () => {
  expect(await refused(await client('none'), {}, true)).toEqual({ written: 1, charged: 1 });
});

test('a refusal that wrote nothing, or for a client that has proved itself, is not', async () => {
  expect(await refused(await client('none'), {}, false)).toEqual({ written: 0, charged: 0 });
  const proved = { client_secret: 'secret' };
  expect(await refused(await client('client_secret_post'), proved, true)).toEqual({ written: 1, charged: 0 });
});
