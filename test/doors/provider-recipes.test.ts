/**
 * The recipes of docs/providers: each trust policy is saved as it stands there, and then tried, under the stand-in's issuer, with claims
 * as the provider documents them, and with near misses.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { startOidcProvider, type TestIssuer } from '../helpers/oidc-provider.ts';

interface Recipe {
  readonly file: string;
  /** The issuer without its scheme, as the recipe has it. */
  readonly host: string;
  readonly claims: JWTPayload;
  /** Claims that differ, each enough to be refused by the trust policy. */
  readonly nearMisses: readonly JWTPayload[];
}

const TENANT = '9188040d-6c67-4c5b-b112-36a304b66dad';
const RECIPES: readonly Recipe[] = [
  {
    file: 'github-actions',
    host: 'token.actions.githubusercontent.com',
    claims: {
      sub: 'repo:octo-org/octo-repo:environment:production',
      aud: 'sts.amazonaws.com',
      environment: 'production',
      ref: 'refs/heads/main',
      repository: 'octo-org/octo-repo',
      repository_owner: 'octo-org',
      actor_id: '12',
      repository_id: '74',
      repository_owner_id: '65',
      event_name: 'workflow_dispatch',
      ref_type: 'branch',
      job_workflow_ref: 'octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main',
    },
    nearMisses: [{ repository_id: '740' }, { environment: 'Production' }, { environment: undefined }],
  },
  {
    file: 'gitlab',
    host: 'gitlab.com',
    claims: {
      sub: 'project_path:my-group/my-project:ref_type:branch:ref:main',
      aud: 'https://daypass.example.com',
      project_id: '20',
      project_path: 'my-group/my-project',
      namespace_id: '72',
      ref: 'main',
      ref_type: 'branch',
      ref_protected: 'true',
      user_login: 'sample-user',
    },
    nearMisses: [{ project_id: '21' }, { ref_type: 'tag' }, { ref_protected: 'false' }, { ref: 'main2' }],
  },
  {
    file: 'kubernetes',
    host: 'oidc.cluster.example.com',
    claims: {
      sub: 'system:serviceaccount:payments:worker',
      aud: ['sts.amazonaws.com'],
      'kubernetes.io': { namespace: 'payments', serviceaccount: { name: 'worker', uid: 'u' } },
    },
    nearMisses: [
      { sub: 'system:serviceaccount:other:worker' },
      { sub: 'system:serviceaccount:payments:worker2' },
    ],
  },
  {
    file: 'entra-id',
    host: `login.microsoftonline.com/${TENANT}/v2.0`,
    claims: {
      sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
      aud: '6731de76-14a6-49ae-97bc-6eba6914391e',
      oid: '00000000-0000-0000-66f3-3332eca7ea81',
      tid: TENANT,
      ver: '2.0',
      groups: ['1f0c2f6a-0c3c-4a3a-9b5e-2f4f5c8f7f10', '7b4c5e9e-3c3a-4ad8-9cb0-0a5a2c6f1b11'],
      'https://aws.amazon.com/tags/principal_tags/Department': 'Finance',
      'https://aws.amazon.com/tags/transitive_tag_keys': ['Department'],
    },
    nearMisses: [
      { groups: ['7b4c5e9e-3c3a-4ad8-9cb0-0a5a2c6f1b11'] },
      // too many groups: a link instead of the list
      {
        groups: undefined,
        _claim_names: { groups: 'src1' },
        _claim_sources: { src1: { endpoint: 'https://x' } },
      },
    ],
  },
  {
    file: 'okta',
    host: 'example.okta.com/oauth2/default',
    claims: {
      sub: '00uid4BxXw6I6TV4m0g3',
      aud: '0oa1b2c3d4e5f6g7h8i9',
      ver: 1,
      amr: ['pwd', 'mfa'],
      idp: '00ok1u7AsAkrwdZL3z0g3',
      groups: ['Everyone', 'aws-admins'],
    },
    nearMisses: [{ groups: ['Everyone'] }, { groups: ['aws-admins-2'] }, { groups: [] }],
  },
  {
    file: 'keycloak',
    host: 'sso.example.com/realms/company',
    claims: {
      sub: 'f1888f4d-5172-4359-be0c-af338505d86c',
      aud: 'daypass',
      azp: 'daypass',
      typ: 'ID',
      acr: '1',
      groups: ['/engineering', '/staff'],
      realm_access: { roles: ['user'] },
      'https://aws.amazon.com/tags': { principal_tags: { team: ['red'] }, transitive_tag_keys: ['team'] },
    },
    nearMisses: [{ groups: ['engineering'] }, { groups: ['/engineering/sub'] }, { groups: '/staff' }],
  },
];

let daypass: Daypass;

beforeAll(async () => {
  daypass = await startDaypass();
});
afterAll(() => daypass.stop());

function trustPolicyOf(file: string): string {
  const text = readFileSync(join(import.meta.dirname, '../../docs/providers', `${file}.md`), 'utf8');
  const [, json = ''] = /```json\n([\s\S]*?)\n```/.exec(text) ?? [];
  return json.replaceAll('111122223333', daypass.bootstrap.accountId);
}

const makeRole = async (RoleName: string, AssumeRolePolicyDocument: string): Promise<string> => {
  const made = await daypass.iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  return made.Role?.Arn ?? '';
};

const outcome = (RoleArn: string, WebIdentityToken: string): Promise<string> =>
  daypass
    .sts()
    .send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'job', WebIdentityToken }))
    .then(
      () => 'accepted',
      (error: Error) => error.name,
    );

test.each(['google', 'facebook', 'x'])('the trust policy for %s can be saved as it stands', async (file) => {
  expect(await makeRole(file, trustPolicyOf(file))).toContain(`:role/${file}`);
});

describe.each(RECIPES)('the recipe for $file', ({ file, host, claims, nearMisses }) => {
  let issuer: TestIssuer;
  let roleArn: string;

  beforeAll(async () => {
    issuer = await startOidcProvider();
    const [aud = ''] = [claims.aud].flat();
    await daypass
      .iam()
      .send(
        new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: [aud, 'another-app'] }),
      );
    const standIn = issuer.issuer.replace('http://', '');
    roleArn = await makeRole(`${file}-tried`, trustPolicyOf(file).replaceAll(host, standIn));
  });
  afterAll(() => issuer.stop());

  test('can be saved as it stands', async () => {
    expect(await makeRole(file, trustPolicyOf(file))).toContain(`:role/${file}`);
  });

  test('lets in whom it means', async () => {
    expect(await outcome(roleArn, await issuer.signIdToken(claims))).toBe('accepted');
  });

  test('keeps out who nearly fits', async () => {
    for (const over of [...nearMisses, { aud: 'another-app', azp: undefined }]) {
      const token = await issuer.signIdToken({ ...claims, ...over });
      expect(await outcome(roleArn, token), JSON.stringify(over)).toBe('AccessDenied');
    }
  });
});
