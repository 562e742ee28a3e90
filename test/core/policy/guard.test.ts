// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are policy variables
import { describe, expect, test } from 'vitest';
import type { ConditionElement, PolicyStatement } from '../../../src/core/policy/document.ts';
import { guardTrustPolicy, openWebIdentityStatement } from '../../../src/core/policy/guard.ts';

const github = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';

const trusting = (Federated: string | readonly string[], Condition?: ConditionElement): PolicyStatement => ({
  Effect: 'Allow',
  Principal: { Federated },
  Action: 'sts:AssumeRoleWithWebIdentity',
  ...(Condition === undefined ? {} : { Condition }),
});
const isOpen = (statement: PolicyStatement): boolean =>
  openWebIdentityStatement({ Statement: [statement] }) !== null;
const gh = (operator: string, claim: string, value: string | readonly string[]) =>
  trusting(github, { [operator]: { [`token.actions.githubusercontent.com:${claim}`]: value } });

describe('every shared issuer', () => {
  test.each([
    ['accounts.google.com', 'aud'],
    ['graph.facebook.com', 'app_id'],
    ['www.facebook.com', 'app_id'],
    ['limited.facebook.com', 'aud'],
    ['www.amazon.com', 'app_id'],
    ['appleid.apple.com', 'aud'],
    ['cognito-identity.amazonaws.com', 'aud'],
    ['token.actions.githubusercontent.com', 'repository'],
    ['api.x.com', 'id'],
    ['gitlab.com', 'sub'],
    ['app.terraform.io', 'sub'],
    ['agent.buildkite.com', 'sub'],
    ['oidc.fly.io', 'sub'],
    ['oidc.vercel.com', 'sub'],
  ])('%s needs a condition such as one on %s', (host, claim) => {
    const condition = { StringEquals: { [`${host}:${claim}`]: 'mine' } };
    for (const name of [host, host.toUpperCase(), `arn:aws:iam::111122223333:oidc-provider/${host}`]) {
      expect(isOpen(trusting(name)), name).toBe(true);
      expect(isOpen(trusting(name, condition)), name).toBe(false);
    }
  });
});

describe('a condition narrows', () => {
  test.each([
    gh('StringEquals', 'sub', 'repo:octo/app:ref:refs/heads/main'),
    gh('StringEquals', 'SUB', 'repo:octo/app:ref:refs/heads/main'),
    gh('StringLike', 'sub', 'repo:octo/app:*'),
    gh('StringLike', 'sub', 'repo:octo/*'),
    gh('StringEqualsIgnoreCase', 'repository', 'octo/app'),
    gh('StringEquals', 'repository_owner_id', ['1', '2']),
    gh('ForAnyValue:StringEquals', 'sub', 'repo:octo/app:ref:refs/heads/main'),
    trusting(['gitlab.com', 'accounts.google.com'], {
      StringEquals: { 'accounts.google.com:aud': 'my-app' },
    }),
  ])('%j', (statement) => {
    expect(isOpen(statement)).toBe(false);
  });
});

describe('a GitHub subject of an own template', () => {
  test.each([
    gh('StringEquals', 'sub', 'repo:octo/app:environment:production'),
    gh('StringEquals', 'sub', 'repo:octo@1/app@2:ref:refs/heads/main'),
    gh('StringEquals', 'sub', 'repository_owner:octo:environment:production'),
    gh('StringEquals', 'sub', 'environment:production:repository_id:77'),
    gh('StringLike', 'sub', 'repository_owner:octo:*'),
    gh('StringLike', 'sub', 'job_workflow_ref:octo/automation/.github/workflows/*'),
  ])('narrows where it names an owner: %j', (statement) => {
    expect(isOpen(statement)).toBe(false);
  });

  test.each([
    gh('StringEquals', 'sub', 'environment:production'),
    gh('StringEquals', 'sub', 'ref:refs/heads/main'),
    gh('StringLike', 'sub', 'ref:refs/heads/*'),
    gh('StringLike', 'sub', 'environment:production:*'),
    gh('StringLike', 'sub', 'repository_owner:octo*'),
    gh('StringLike', 'sub', 'repository_id:7*'),
    gh('StringLike', 'sub', 'environment:prod:repo:*'),
    gh('StringEquals', 'sub', 'not_repo:octo/app'),
    gh('StringEquals', 'sub', ['repo:octo/app', 'environment:production']),
  ])('is open to everybody where it does not: %j', (statement) => {
    expect(isOpen(statement)).toBe(true);
  });
});

describe('a condition does not narrow', () => {
  test.each([
    gh('StringEquals', 'aud', 'sts.amazonaws.com'),
    gh('StringLike', 'sub', '*'),
    gh('StringLike', 'sub', 'repo:*'),
    gh('StringLike', 'sub', 'repo:octo*'),
    gh('StringLike', 'sub', 'repo:*/app:ref:refs/heads/main'),
    gh('StringLike', 'sub', 'r?po:octo/app:ref:refs/heads/main'),
    gh('StringLike', 'sub', ['repo:octo/*', '*']),
    gh('StringLike', 'sub', ''),
    gh('StringEquals', 'sub', []),
    gh('StringEquals', 'sub', '${aws:PrincipalTag/repo}'),
    gh('StringEqualsIfExists', 'sub', 'repo:octo/app'),
    gh('ForAllValues:StringEquals', 'sub', 'repo:octo/app'),
    gh('StringNotEquals', 'sub', 'repo:octo/app'),
    gh('StringNotLike', 'sub', 'repo:octo/*'),
    gh('Null', 'sub', 'false'),
    gh('StringEquals', 'ref', 'refs/heads/main'),
    trusting(github, { StringEquals: { 'gitlab.com:sub': 'project_path:octo/app' } }),
    trusting(github, { StringEquals: { 'aws:SourceIp': '10.0.0.1' } }),
  ])('%j', (statement) => {
    expect(isOpen(statement)).toBe(true);
  });
});

describe('is about', () => {
  test.each([
    'sts:AssumeRoleWithWebIdentity',
    'STS:assumerolewithwebidentity',
    'sts:AssumeRole*',
    'sts:*',
    '*',
  ])('%s', (Action) => expect(isOpen({ ...trusting(github), Action })).toBe(true));

  test.each([
    { ...trusting(github), Action: ['sts:AssumeRole', 'sts:TagSession'] },
    { ...trusting(github), Effect: 'Deny' } as const,
    trusting('arn:aws:iam::111122223333:oidc-provider/login.example.com'),
    trusting('arn:aws:iam::111122223333:oidc-provider/evil-gitlab.com'),
    trusting('arn:aws:iam::111122223333:oidc-provider/gitlab.com.example.org'),
    trusting('arn:aws:iam::111122223333:saml-provider/corp'),
    { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRoleWithWebIdentity' } as const,
  ])('not %j', (statement) => {
    expect(isOpen(statement)).toBe(false);
  });
});

test('the fault names the statement, the issuer and what is missing', () => {
  const fine = trusting('login.example.com');
  const fault = guardTrustPolicy({ Statement: [fine, trusting('app.terraform.io')] });
  expect(fault).toEqual({
    code: 'MalformedPolicyDocument',
    message:
      'Web identity provider app.terraform.io is shared by many tenants: the statement must have a condition on one of app.terraform.io:sub.',
    problem:
      'everybody can get a token of `app.terraform.io`: add a condition with StringEquals or StringLike on one of app.terraform.io:sub, without a wildcard before the part that only you own',
    line: 0,
    column: 0,
    path: 'Statement[1]',
  });
  expect(guardTrustPolicy({ Statement: [fine] })).toBeNull();
});
