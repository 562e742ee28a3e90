import { describe, expect, test } from 'vitest';
import { compilePolicy, denyEverything } from '../../../src/core/policy/compile.ts';
import { contextOf } from '../../../src/core/policy/context.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import type { PolicyStatement, PrincipalElement } from '../../../src/core/policy/document.ts';
import type {
  AccessRequest,
  ApplicablePolicies,
  PolicyLayer,
  RequestPrincipal,
  SourcedPolicy,
} from '../../../src/core/policy/types.ts';

const account = '111122223333';
const other = '444455556666';
const rootArn = `arn:aws:iam::${account}:root`;
const alice = {
  type: 'user',
  arn: `arn:aws:iam::${account}:user/alice`,
  accountId: account,
  uniqueId: 'AIDAALICEALICEALICE1',
} as const;
const session = {
  type: 'role-session',
  arn: `arn:aws:sts::${account}:assumed-role/app/one`,
  accountId: account,
  roleArn: `arn:aws:iam::${account}:role/team/app`,
  uniqueId: 'AROAAPPAPPAPPAPPAPP1',
} as const;
const federated = {
  type: 'federated-user',
  arn: `arn:aws:sts::${account}:federated-user/bob`,
  accountId: account,
  userArn: alice.arn,
  uniqueId: alice.uniqueId,
} as const;
const root = { type: 'root', arn: rootArn, accountId: account } as const;
const service = { type: 'service', name: 'events.amazonaws.com' } as const;
const google = { type: 'federated', provider: 'accounts.google.com' } as const;

const request = (principal: RequestPrincipal, more: Partial<AccessRequest> = {}): AccessRequest => ({
  principal,
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  resourceAccount: account,
  context: contextOf([]),
  ...more,
});

const policy = (source: string, ...statements: readonly PolicyStatement[]): SourcedPolicy => ({
  source,
  policy: compilePolicy({ Version: '2012-10-17', Statement: statements }),
});
const everything = { Effect: 'Allow', Action: '*', Resource: '*' } as const;
const nothing = { Effect: 'Allow', Action: 'ec2:*', Resource: '*' } as const;
const denial = { Effect: 'Deny', Action: 's3:*', Resource: '*' } as const;
const all = policy('all', everything);
const none = policy('none', nothing);
const deny = policy('deny', denial);
const granting = (Principal: PrincipalElement) => policy('shared', { ...everything, Principal });

const effectOf = (asked: AccessRequest, policies: ApplicablePolicies) => decide(asked, policies).effect;
const lacking = (layer: PolicyLayer) => ({ effect: 'ImplicitDeny', deciders: [], layer });

describe('the answer', () => {
  test('of an allow names the statements that granted', () => {
    const granted = policy(
      'two',
      nothing,
      { ...everything, Sid: 'All' },
      { ...everything, Action: 's3:Get*' },
    );
    expect(decide(request(alice), { identity: [none, granted, all] })).toEqual({
      effect: 'Allow',
      deciders: [
        { layer: 'identity', source: 'two', index: 1, sid: 'All', effect: 'Allow' },
        { layer: 'identity', source: 'two', index: 2, effect: 'Allow' },
      ],
    });
  });

  test('of an explicit deny names every statement that denied, and the layer of the first', () => {
    const policies = { identity: [all, deny], session: [policy('s', everything, { ...denial, Sid: 'No' })] };
    expect(decide(request(session), policies)).toEqual({
      effect: 'ExplicitDeny',
      deciders: [
        { layer: 'identity', source: 'deny', index: 0, effect: 'Deny' },
        { layer: 'session', source: 's', index: 1, sid: 'No', effect: 'Deny' },
      ],
      layer: 'identity',
    });
  });

  test('of an implicit deny names the layer that lacked an allow', () => {
    expect(decide(request(alice), {})).toEqual(lacking('identity'));
    expect(decide(request(alice), { identity: [] })).toEqual(lacking('identity'));
    expect(decide(request(alice), { identity: [none] })).toEqual(lacking('identity'));
  });
});

describe('an explicit deny is final', () => {
  const layers: readonly (readonly [PolicyLayer, ApplicablePolicies])[] = [
    ['identity', { identity: [all, deny] }],
    ['resource', { resource: policy('r', { ...everything, Principal: '*' }, { ...denial, Principal: '*' }) }],
    ['permissions-boundary', { boundaries: [all, deny] }],
    ['session', { session: [all, deny] }],
    ['scp', { scps: [[all], [all, deny]] }],
    ['rcp', { rcps: [[deny]] }],
    ['vpc-endpoint', { vpcEndpoint: [all, deny] }],
  ];

  test.each(layers)('in the layer %s', (layer, policies) => {
    for (const principal of [alice, session, federated, root]) {
      const decision = decide(request(principal), { identity: [all], ...policies });
      expect(decision.effect).toBe('ExplicitDeny');
      expect(decision.layer).toBe(layer);
    }
  });

  test('even over a direct grant, whose caller no boundary limits', () => {
    expect(
      effectOf(request(alice), { resource: granting({ AWS: alice.arn }), boundaries: [none, deny] }),
    ).toBe('ExplicitDeny');
  });

  test('wherever its document could not be read', () => {
    const broken = { source: 'broken', policy: denyEverything('not JSON') };
    expect(decide(request(alice), { identity: [all, broken] })).toEqual({
      effect: 'ExplicitDeny',
      deciders: [{ layer: 'identity', source: 'broken', index: 0, effect: 'Deny' }],
      layer: 'identity',
    });
    expect(effectOf(request(alice), { identity: [all], resource: broken })).toBe('ExplicitDeny');
    expect(effectOf(request(root), { scps: [[broken]] })).toBe('ExplicitDeny');
    expect(effectOf(request(google), { resource: broken })).toBe('ExplicitDeny');
    expect(effectOf(request(null), { resource: broken })).toBe('ExplicitDeny');
  });
});

describe('layers that intersect', () => {
  test('a boundary never grants, and must allow', () => {
    expect(decide(request(alice), { identity: [], boundaries: [all] })).toEqual(lacking('identity'));
    expect(decide(request(alice), { identity: [all], boundaries: [none] })).toEqual(
      lacking('permissions-boundary'),
    );
    expect(decide(request(alice), { identity: [all], boundaries: [] })).toEqual(
      lacking('permissions-boundary'),
    );
    expect(effectOf(request(alice), { identity: [all], boundaries: [all] })).toBe('Allow');
  });

  test('every boundary must allow', () => {
    expect(decide(request(alice), { identity: [all], boundaries: [all, none] })).toEqual(
      lacking('permissions-boundary'),
    );
  });

  test('session policies unite, and then must allow', () => {
    expect(effectOf(request(session), { identity: [all], session: [none, all] })).toBe('Allow');
    expect(decide(request(session), { identity: [all], session: [none] })).toEqual(lacking('session'));
    expect(decide(request(federated), { identity: [all], session: [] })).toEqual(lacking('session'));
    expect(decide(request(session), { identity: [], session: [all] })).toEqual(lacking('identity'));
  });

  test('every level of SCPs must allow, and the policies of one level unite', () => {
    expect(effectOf(request(alice), { identity: [all], scps: [[none, all], [all]] })).toBe('Allow');
    expect(decide(request(alice), { identity: [all], scps: [[all], [none]] })).toEqual(lacking('scp'));
    expect(decide(request(alice), { identity: [all], scps: [[all], []] })).toEqual(lacking('scp'));
    expect(effectOf(request(alice), { identity: [all], scps: [] })).toBe('Allow');
  });

  test('RCPs can only deny: their full access is implied at every level', () => {
    expect(effectOf(request(alice), { identity: [all], rcps: [[], [none]] })).toBe('Allow');
  });

  test('a VPC endpoint policy must allow', () => {
    expect(effectOf(request(alice), { identity: [all], vpcEndpoint: [none, all] })).toBe('Allow');
    expect(decide(request(alice), { identity: [all], vpcEndpoint: [none] })).toEqual(lacking('vpc-endpoint'));
  });
});

describe('a resource policy of the own account', () => {
  const limited = { identity: [], boundaries: [none], session: [none] };

  test.each<readonly [string, RequestPrincipal, PrincipalElement]>([
    ['the user', alice, { AWS: alice.arn }],
    ['the session', session, { AWS: session.arn }],
    ['the federated session', federated, { AWS: federated.arn }],
    ['everybody', session, '*'],
    ['everybody among AWS principals', alice, { AWS: '*' }],
  ])('that names %s grants whatever boundary and session policies say', (_, principal, names) => {
    expect(decide(request(principal), { ...limited, resource: granting(names) })).toEqual({
      effect: 'Allow',
      deciders: [{ layer: 'resource', source: 'shared', index: 0, effect: 'Allow' }],
    });
    expect(decide(request(principal), { ...limited, resource: granting(names), scps: [[none]] })).toEqual(
      lacking('scp'),
    );
  });

  test.each<readonly [string, RequestPrincipal, string]>([
    ['the role of a session', session, session.roleArn],
    ['the user behind a federated session', federated, alice.arn],
  ])('that names %s grants within boundary and session policies', (_, principal, arn) => {
    const resource = granting({ AWS: arn });
    expect(effectOf(request(principal), { identity: [], resource })).toBe('Allow');
    expect(effectOf(request(principal), { resource, boundaries: [all], session: [all] })).toBe('Allow');
    expect(decide(request(principal), { resource, boundaries: [none] })).toEqual(
      lacking('permissions-boundary'),
    );
    expect(decide(request(principal), { resource, session: [none] })).toEqual(lacking('session'));
  });

  test.each([account, rootArn])('that names the account by %s delegates and grants nothing', (name) => {
    const resource = granting({ AWS: name });
    for (const principal of [alice, session, federated]) {
      expect(decide(request(principal), { identity: [], resource })).toEqual(lacking('identity'));
      expect(effectOf(request(principal), { identity: [all], resource })).toBe('Allow');
    }
  });

  test('the strongest of several grants counts', () => {
    expect(effectOf(request(alice), { ...limited, resource: granting({ AWS: [account, alice.arn] }) })).toBe(
      'Allow',
    );
    const twice = policy(
      'r',
      { ...everything, Principal: { AWS: alice.arn } },
      { ...everything, Principal: { AWS: account } },
    );
    expect(effectOf(request(alice), { ...limited, resource: twice })).toBe('Allow');
  });

  test.each<readonly [string, RequestPrincipal, PrincipalElement]>([
    ['another user', alice, { AWS: `arn:aws:iam::${account}:user/bob` }],
    ['a user in another case', alice, { AWS: `arn:aws:iam::${account}:user/Alice` }],
    ['a user with a path', alice, { AWS: `arn:aws:iam::${account}:user/x/alice` }],
    ['a pattern', alice, { AWS: `arn:aws:iam::${account}:user/*` }],
    ['another session of the role', session, { AWS: `arn:aws:sts::${account}:assumed-role/app/two` }],
    ['a role of the name without the path', session, { AWS: `arn:aws:iam::${account}:role/app` }],
    [
      'the user who bears the name of a federated session',
      federated,
      { AWS: `arn:aws:iam::${account}:user/bob` },
    ],
    ['the account id inside a longer text', alice, { AWS: `x${account}` }],
    ['the account id as a service', alice, { Service: account }],
    ['a user as a provider', alice, { Federated: alice.arn }],
    ['a canonical id', alice, { CanonicalUser: alice.uniqueId }],
    ['a root ARN that lacks its end', alice, { AWS: `arn:aws:iam::${account}` }],
    ['a root without its beginning', alice, { AWS: `${account}:root` }],
  ])('that names %s grants nothing', (_, principal, names) => {
    expect(decide(request(principal), { identity: [], resource: granting(names) })).toEqual(
      lacking('identity'),
    );
  });

  test('a role is known by account and name where only the session ARN is known', () => {
    const { roleArn: _, ...unknownRole } = session;
    for (const path of ['role/app', 'role/team/app']) {
      const resource = granting({ AWS: `arn:aws:iam::${account}:${path}` });
      expect(effectOf(request(unknownRole), { resource })).toBe('Allow');
    }
    for (const arn of [
      `arn:aws:iam::${other}:role/app`,
      `arn:aws:iam::${account}:role/app/x`,
      `arn:aws:iam::${account}:role/xapp`,
    ]) {
      expect(effectOf(request(unknownRole), { resource: granting({ AWS: arn }) })).toBe('ImplicitDeny');
    }
  });

  test('a deny that names the role or the account hits its sessions and users', () => {
    for (const name of [session.roleArn, account, rootArn, session.arn]) {
      const resource = policy('r', { ...denial, Principal: { AWS: name } });
      expect(effectOf(request(session), { identity: [all], resource })).toBe('ExplicitDeny');
    }
  });
});

describe('NotPrincipal', () => {
  const denyingAllBut = (NotPrincipal: PrincipalElement) => policy('r', { ...denial, NotPrincipal });

  test('with Deny hits everyone whom it does not list', () => {
    for (const name of [alice.arn, account, rootArn]) {
      expect(effectOf(request(alice), { identity: [all], resource: denyingAllBut({ AWS: name }) })).toBe(
        'Allow',
      );
    }
    const resource = denyingAllBut({ AWS: `arn:aws:iam::${account}:user/bob` });
    for (const principal of [alice, session, federated, root, service, google, null]) {
      expect(effectOf(request(principal), { identity: [all], resource })).toBe('ExplicitDeny');
    }
  });

  test('with Deny hits everyone who has a boundary, the listed too', () => {
    const resource = denyingAllBut({ AWS: alice.arn });
    expect(effectOf(request(alice), { identity: [all], resource, boundaries: [all] })).toBe('ExplicitDeny');
    expect(
      effectOf(request(alice), { identity: [all], resource: denyingAllBut('*'), boundaries: [all] }),
    ).toBe('ExplicitDeny');
  });

  test('with Allow grants to nobody', () => {
    const resource = policy('r', { ...everything, NotPrincipal: { AWS: other } });
    for (const principal of [alice, service, google, null]) {
      expect(effectOf(request(principal), { identity: [], resource })).toBe('ImplicitDeny');
    }
  });
});

describe('across accounts', () => {
  const asked = (principal: RequestPrincipal) => request(principal, { resourceAccount: other });

  test.each<readonly [string, PrincipalElement]>([
    ['the account', { AWS: account }],
    ['the user', { AWS: alice.arn }],
    ['everybody', '*'],
  ])('both sides must allow, where the resource names %s', (_, names) => {
    const resource = granting(names);
    expect(decide(asked(alice), { identity: [all], resource })).toEqual({
      effect: 'Allow',
      deciders: [
        { layer: 'identity', source: 'all', index: 0, effect: 'Allow' },
        { layer: 'resource', source: 'shared', index: 0, effect: 'Allow' },
      ],
    });
    expect(decide(asked(alice), { identity: [], resource })).toEqual(lacking('identity'));
    expect(decide(asked(alice), { identity: [all], resource, boundaries: [none] })).toEqual(
      lacking('permissions-boundary'),
    );
    expect(decide(asked(session), { identity: [all], resource: granting('*'), session: [none] })).toEqual(
      lacking('session'),
    );
    expect(decide(asked(alice), { identity: [all], resource, scps: [[none]] })).toEqual(lacking('scp'));
  });

  test('nothing is allowed without the resource side', () => {
    expect(decide(asked(alice), { identity: [all] })).toEqual(lacking('resource'));
    expect(decide(asked(alice), { identity: [all], resource: granting({ AWS: other }) })).toEqual(
      lacking('resource'),
    );
    expect(decide(asked(root), {})).toEqual(lacking('resource'));
  });
});

describe('the root user', () => {
  test('may do everything in its account without a policy', () => {
    expect(decide(request(root), {})).toEqual({ effect: 'Allow', deciders: [] });
    expect(decide(request(root), { identity: [none] })).toEqual({ effect: 'Allow', deciders: [] });
  });

  test('is bound by SCPs and RCPs, and by denies of resource policies', () => {
    expect(decide(request(root), { scps: [[none]] })).toEqual(lacking('scp'));
    expect(effectOf(request(root), { rcps: [[deny]] })).toBe('ExplicitDeny');
    const resource = policy('r', { ...denial, Principal: { AWS: rootArn } });
    expect(effectOf(request(root), { resource })).toBe('ExplicitDeny');
  });

  test('of another account needs the resource policy, and its own side allows by default', () => {
    const foreign = { type: 'root', arn: `arn:aws:iam::${other}:root`, accountId: other } as const;
    expect(effectOf(request(foreign), { resource: granting({ AWS: other }) })).toBe('Allow');
    expect(decide(request(foreign), { resource: granting({ AWS: account }) })).toEqual(lacking('resource'));
  });
});

describe('a trust policy', () => {
  const assume = (principal: RequestPrincipal, more: Partial<AccessRequest> = {}) =>
    request(principal, { action: 'sts:AssumeRole', resourcePolicyIsMandatory: true, ...more });
  const trusting = (Principal: PrincipalElement) =>
    policy('trust', { Effect: 'Allow', Principal, Action: 'sts:AssumeRole*' });

  test('must allow, whatever identity policies say', () => {
    expect(decide(assume(alice), { identity: [all] })).toEqual(lacking('resource'));
    expect(decide(assume(alice), { identity: [all], resource: trusting({ AWS: other }) })).toEqual(
      lacking('resource'),
    );
    expect(decide(assume(root), {})).toEqual(lacking('resource'));
  });

  test('is enough when it names the user', () => {
    expect(effectOf(assume(alice), { identity: [], resource: trusting({ AWS: alice.arn }) })).toBe('Allow');
  });

  test('delegates when it names the account', () => {
    const resource = trusting({ AWS: account });
    expect(decide(assume(alice), { identity: [], resource })).toEqual(lacking('identity'));
    expect(effectOf(assume(alice), { identity: [all], resource })).toBe('Allow');
  });

  test('lets an outside login in by the name of its provider only', () => {
    const web = assume(google, { action: 'sts:AssumeRoleWithWebIdentity' });
    expect(effectOf(web, { resource: trusting({ Federated: 'accounts.google.com' }) })).toBe('Allow');
    for (const names of [
      '*',
      { AWS: '*' },
      { Federated: 'accounts.google.co' },
      { AWS: 'accounts.google.com' },
      { AWS: account },
      { Service: 'accounts.google.com' },
    ] as const) {
      expect(decide(web, { identity: [all], resource: trusting(names) })).toEqual(lacking('resource'));
    }
  });

  test('keeps an outside login out by a deny for everybody', () => {
    const resource = policy(
      'trust',
      { Effect: 'Allow', Principal: { Federated: 'accounts.google.com' }, Action: 'sts:*' },
      { Effect: 'Deny', Principal: '*', Action: 'sts:*' },
    );
    expect(effectOf(assume(google), { resource })).toBe('ExplicitDeny');
  });
});

describe('callers without an account', () => {
  test.each<readonly [string, RequestPrincipal, PrincipalElement]>([
    ['a service', service, { Service: 'events.amazonaws.com' }],
    ['a service among everybody', service, '*'],
    ['an anonymous caller', null, '*'],
    ['an anonymous caller by AWS star', null, { AWS: '*' }],
  ])('%s is let in by the resource policy alone', (_, principal, names) => {
    const resource = granting(names);
    expect(effectOf(request(principal), { resource })).toBe('Allow');
    expect(effectOf(request(principal), { resource, rcps: [[deny]] })).toBe('ExplicitDeny');
    expect(decide(request(principal), { identity: [all] })).toEqual(lacking('resource'));
  });

  test.each<readonly [string, RequestPrincipal, PrincipalElement]>([
    ['another service', service, { Service: 'sns.amazonaws.com' }],
    ['a service in another case', service, { Service: 'Events.amazonaws.com' }],
    ['an account', service, { AWS: account }],
    ['an account', null, { AWS: account }],
    ['a service', null, { Service: 'events.amazonaws.com' }],
  ])('is not let in where the policy names %s', (_, principal, names) => {
    expect(decide(request(principal), { resource: granting(names) })).toEqual(lacking('resource'));
  });

  test('have no identity policies, boundary, session policies or SCPs', () => {
    const policies = {
      identity: [deny],
      boundaries: [deny],
      session: [deny],
      scps: [[deny]],
      resource: granting('*'),
    };
    expect(effectOf(request(null), policies)).toBe('Allow');
    expect(effectOf(request(service), policies)).toBe('Allow');
  });
});

describe('the scopes of a session', () => {
  test('must each allow', () => {
    const identity = [all];
    expect(effectOf(request(session), { identity, scopes: [all, all] })).toBe('Allow');
    expect(decide(request(session), { identity, scopes: [all, none] })).toEqual(lacking('session'));
    expect(decide(request(session), { identity, scopes: [none, all] })).toEqual(lacking('session'));
    expect(effectOf(request(session), { identity, scopes: [all, deny] })).toBe('ExplicitDeny');
  });

  test('limit what a resource policy grants directly, and root', () => {
    for (const principal of [alice, session, federated]) {
      const resource = granting({ AWS: principal.arn });
      expect(effectOf(request(principal), { resource })).toBe('Allow');
      expect(decide(request(principal), { resource, scopes: [none] })).toEqual(lacking('session'));
    }
    expect(decide(request(root), { scopes: [none] })).toEqual(lacking('session'));
  });

  test('never widen', () => {
    expect(decide(request(session), { identity: [], scopes: [all] })).toEqual(lacking('identity'));
  });
});

describe('pinned principals', () => {
  const pinned = (
    arn: string,
    id: string,
    statement: PolicyStatement = { ...everything, Principal: { AWS: arn } },
  ) => ({
    source: 'pinned',
    policy: compilePolicy({ Statement: [statement] }, new Map([[arn, id]])),
  });

  test('mean whoever has the id', () => {
    expect(
      effectOf(request(alice), { resource: pinned(alice.arn, alice.uniqueId), boundaries: [none] }),
    ).toBe('Allow');
    expect(effectOf(request(session), { resource: pinned(session.roleArn, session.uniqueId) })).toBe('Allow');
    expect(
      decide(request(session), { resource: pinned(session.roleArn, session.uniqueId), session: [none] }),
    ).toEqual(lacking('session'));
    expect(
      decide(request(federated), { resource: pinned(alice.arn, alice.uniqueId), session: [none] }),
    ).toEqual(lacking('session'));
  });

  test('do not mean who came to the ARN later, nor a caller whose id is not known', () => {
    const { uniqueId: _, ...unknown } = alice;
    for (const principal of [{ ...alice, uniqueId: 'AIDASECONDALICE00001' }, unknown]) {
      expect(decide(request(principal), { resource: pinned(alice.arn, alice.uniqueId) })).toEqual(
        lacking('identity'),
      );
    }
    const recreated = { ...session, uniqueId: 'AROASECONDAPP0000001' };
    expect(decide(request(recreated), { resource: pinned(session.roleArn, session.uniqueId) })).toEqual(
      lacking('identity'),
    );
  });

  test('may be sessions: by name, of the role that was meant', () => {
    const resource = pinned(session.arn, session.uniqueId);
    expect(effectOf(request(session), { resource, session: [none] })).toBe('Allow');
    for (const principal of [
      { ...session, uniqueId: 'AROASECONDAPP0000001' },
      { ...session, arn: `${session.arn}x` },
      alice,
    ]) {
      expect(decide(request(principal), { resource })).toEqual(lacking('identity'));
    }
  });

  test('follow the holder to a new ARN', () => {
    const renamed = { ...alice, arn: `arn:aws:iam::${account}:user/alicia` };
    expect(effectOf(request(renamed), { resource: pinned(alice.arn, alice.uniqueId) })).toBe('Allow');
  });

  test('in NotPrincipal exempt the holder of the id only', () => {
    const statement = { ...denial, NotPrincipal: { AWS: alice.arn } };
    const resource = pinned(alice.arn, alice.uniqueId, statement);
    expect(effectOf(request(alice), { identity: [all], resource })).toBe('Allow');
    expect(
      effectOf(request({ ...alice, uniqueId: 'AIDASECONDALICE00001' }), { identity: [all], resource }),
    ).toBe('ExplicitDeny');
  });

  test('may be written as ids', () => {
    expect(effectOf(request(alice), { resource: granting({ AWS: alice.uniqueId }) })).toBe('Allow');
    expect(effectOf(request(session), { resource: granting({ AWS: session.uniqueId }) })).toBe('Allow');
    expect(effectOf(request(alice), { resource: granting({ AWS: 'AIDASOMEBODYELSE0001' }) })).toBe(
      'ImplicitDeny',
    );
    expect(effectOf(request(root), { resource: granting({ AWS: alice.uniqueId }), identity: [] })).toBe(
      'Allow',
    );
    expect(effectOf(request(service), { resource: granting({ AWS: alice.uniqueId }) })).toBe('ImplicitDeny');
  });
});

describe('GetCallerIdentity', () => {
  test('is allowed to every caller with an account, even under a deny', () => {
    for (const action of ['sts:GetCallerIdentity', 'STS:getcalleridentity']) {
      const policies = { identity: [policy('d', { ...denial, Action: '*' })], scps: [[none]] };
      expect(decide(request(alice, { action, resource: '*' }), policies)).toEqual({
        effect: 'Allow',
        deciders: [],
      });
    }
    expect(effectOf(request(alice, { action: 'sts:GetCallerIdentities' }), {})).toBe('ImplicitDeny');
  });

  test('is not allowed to the anonymous', () => {
    for (const principal of [null, service, google]) {
      expect(decide(request(principal, { action: 'sts:GetCallerIdentity' }), {})).toEqual(
        lacking('resource'),
      );
    }
  });
});
