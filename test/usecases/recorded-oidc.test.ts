/** ID tokens of real issuers in front of a real directory, recorded by `dev/idps/record-oidc.ts`, verified with the clock of then. */
import { describe, expect, test } from 'vitest';
import type { OidcProvider } from '../../src/core/account.ts';
import type { Tag } from '../../src/core/credentials/session.ts';
import { Fault } from '../../src/core/faults.ts';
import { readDiscovery, readKeySet } from '../../src/core/oidc/key-set.ts';
import { federate } from '../../src/usecases/federate.ts';
import keycloak from '../fixtures/oidc/keycloak.json' with { type: 'json' };
import lemonldap from '../fixtures/oidc/lemonldap.json' with { type: 'json' };
import { ACCOUNT, fakeDeps, policyOf, requestFacts, testRole } from '../helpers/fake-deps.ts';

interface Differently {
  readonly token?: string;
  readonly nowSeconds?: number;
  readonly clientIds?: readonly string[];
  readonly keys?: unknown;
}

type Recorded = typeof lemonldap;
interface Issuer {
  readonly recorded: Recorded;
  readonly sub: (user: string) => unknown;
  readonly groups: (name: string) => string;
  /** What it asks the session to be tagged with. */
  readonly tags: readonly Tag[];
}

const ISSUERS: readonly (readonly [string, Issuer])[] = [
  ['lemonldap', { recorded: lemonldap, sub: (user) => user, groups: (name) => name, tags: [] }],
  [
    'keycloak',
    {
      recorded: keycloak,
      sub: () => expect.stringMatching(/^[0-9a-f-]{36}$/),
      groups: (name) => `/${name}`,
      tags: [{ Key: 'team', Value: 'red' }],
    },
  ],
];

describe.each(ISSUERS)('%s', (_name, { recorded, sub, groups, tags }) => {
  const { discovery, jwks, tokens } = recorded;
  const url = discovery.issuer.replace('http://', '');
  const of = (user: string) => {
    const found = tokens.find((each) => each.user === user);
    if (found === undefined) throw new Error(`nobody called ${user} was recorded`);
    return found;
  };

  async function assume(user: string, { token, nowSeconds, clientIds, keys }: Differently = {}) {
    const { idToken, recordedAtSeconds } = of(user);
    const provider: OidcProvider = {
      accountId: ACCOUNT,
      providerId: 'p1',
      arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${url}`,
      issuer: discovery.issuer,
      url,
      clientIds: clientIds ?? ['daypass'],
      mfaAmrValues: [],
      mfaAcrValues: [],
    };
    const trust = policyOf('trust', {
      Effect: 'Allow',
      Principal: { Federated: provider.arn },
      Action: ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession'],
      Condition: {
        StringEquals: { [`${url}:aud`]: 'daypass' },
        'ForAnyValue:StringEquals': { [`${url}:groups`]: groups('everybody-reads') },
      },
    });
    const { algorithms } = readDiscovery(discovery.issuer, discovery);
    const issuerKeys = { keysOf: async () => readKeySet(keys ?? jwks, algorithms) };
    const { keysOf } = issuerKeys;
    return federate(
      {
        roleArn: testRole().arn,
        accountId: null,
        sessionName: 'recorded',
        token: token ?? idToken,
        providerId: null,
        durationSeconds: null,
        inlinePolicy: null,
        policyArns: [],
      },
      requestFacts({ nowMilliseconds: (nowSeconds ?? recordedAtSeconds) * 1000 }),
      fakeDeps(
        { roles: [testRole({ trust })], providers: [provider] },
        { issuerKeys: { keysOf, keysAfterUnknown: keysOf } },
      ),
    );
  }
  const codeOf = async (user: string, differently: Differently = {}): Promise<string> =>
    assume(user, differently).then(
      () => 'allowed',
      (error: unknown) => (error instanceof Fault ? error.code : String(error)),
    );

  test('a member of a group in a group of the directory takes the role', async () => {
    for (const user of ['alice', 'anne']) {
      const { identity, session } = await assume(user);
      expect([identity.subject, identity.audience]).toEqual([sub(user), 'daypass']);
      expect(session.federation).toMatchObject({ audience: 'daypass', keyPrefix: url });
      expect(session.tags).toEqual(tags);
    }
  });

  test('somebody in no group does not', async () => {
    expect(await codeOf('bob')).toBe('access_denied');
  });

  test('with an access token nobody does', async () => {
    for (const { user, accessToken } of tokens) {
      expect(await codeOf(user, { token: accessToken })).toBe('invalid_identity_token');
    }
  });

  test('no later than it says, for no other client, and not unless its issuer signed it', async () => {
    const { idToken, recordedAtSeconds } = of('alice');
    const [header = '', payload = '', signature = ''] = idToken.split('.');
    expect(await codeOf('alice', { nowSeconds: recordedAtSeconds + 86_400 })).toBe('expired_identity_token');
    expect(await codeOf('alice', { clientIds: ['another'] })).toBe('invalid_identity_token');
    const other = of('bob').idToken.split('.')[1] ?? '';
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const token of [
      `${header}.${other}.${signature}`,
      `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      `${none}.${payload}.`,
      `${header}.${payload}.`,
    ]) {
      expect(await codeOf('alice', { token })).toBe('invalid_identity_token');
    }
    expect(await codeOf('alice', { keys: { keys: [] } })).toBe('invalid_identity_token');
  });
});
