import { describe, expect, test } from 'vitest';
import { Fault } from '../../../src/core/faults.ts';
import { clientArn, clientIdOf, type OAuthClient } from '../../../src/core/oauth/client.ts';
import { isFederatedProof } from '../../../src/usecases/oauth/federated-assertion.ts';
import { ACCOUNT, fakeDeps, fakeDirectory } from '../../helpers/fake-deps.ts';
import { START_SECONDS } from '../../helpers/fake-world.ts';

const CLIENT_ID = clientIdOf(ACCOUNT, 'A'.repeat(22));
const wanted = { issuer: 'https://idp.example', subject: 'pod', audience: 'daypass' };
const client: OAuthClient = {
  ...{ accountId: ACCOUNT, clientId: CLIENT_ID, arn: clientArn(ACCOUNT, CLIENT_ID) },
  settings: {
    ...{ name: 'app', authenticationMethod: 'federated_jwt', grantTypes: [], scopes: [], audiences: [] },
    ...{ redirectUris: [], roleArn: null, dpopRequired: false, keys: [], federatedAssertion: wanted },
  },
  ...{ secrets: [], createdAtSeconds: 0 },
};

const part = (value: object): string => btoa(JSON.stringify(value)).replace(/=+$/, '');
const token = `${part({ alg: 'RS256' })}.${part({ iss: wanted.issuer, sub: 'pod', aud: 'daypass' })}.AAAA`;

const isProof = (fault: Fault | null) => {
  const directory = fakeDirectory({});
  const oidcProvider = async () => {
    if (fault !== null) throw fault;
    return null;
  };
  const deps = fakeDeps({}, { directory: { ...directory, oidcProvider } });
  return isFederatedProof(client, token, START_SECONDS, deps);
};

describe('a client that proves itself by its workload’s token', () => {
  test('is not believed where its provider is not registered', async () => {
    expect(await isProof(null)).toBe(false);
  });

  test('is told to try again where that cannot be said just now', async () => {
    for (const code of ['service_unavailable', 'not_set_up', 'internal_failure'] as const)
      await expect(isProof(new Fault(code, 'not now'))).rejects.toMatchObject({ code });
  });
});
