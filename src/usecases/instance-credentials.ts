/** The credentials of an instance: a session of the role that is attached to it now. */
import type { Role } from '../core/account.ts';
import { assumedRoleArn } from '../core/arn.ts';
import type { AuditIdentity } from '../core/audit/event.ts';
import { tagContext } from '../core/context/identity-context.ts';
import {
  type ContextEntry,
  nowSecondsOf,
  type RequestFacts,
  requestContext,
} from '../core/context/request-context.ts';
import type { AwsCredentials } from '../core/credentials/mint.ts';
import type { Federation, RoleIdentity, Session } from '../core/credentials/session.ts';
import { joinSessionTags } from '../core/credentials/session-tags.ts';
import { Fault } from '../core/faults.ts';
import type { Association, Instance } from '../core/instances/instance.ts';
import { contextOf } from '../core/policy/context.ts';
import { decide } from '../core/policy/decide.ts';
import { success } from '../core/result.ts';
import { certificateTags } from '../core/x509/certificate-tags.ts';
import type { AuthenticatedInstance } from './authenticate-instance.ts';
import { actionsOfWish, beginRoleSession, type SessionWish, wishContext } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { issueAwsCredentials } from './issue.ts';
import { INSTANCE_SERVICE } from './pass-role.ts';
import { sessionElements } from './session-elements.ts';

export interface InstanceCredentials {
  readonly role: Role;
  readonly session: Session<RoleIdentity>;
  readonly credentials: AwsCredentials;
}

/** Who asks, for the trail. */
export const instanceIdentity = ({ accountId, instanceId, arn }: Instance): AuditIdentity => ({
  type: 'Instance',
  principalId: instanceId,
  arn,
  accountId,
});

/**
 * @returns credentials of the role that the instance's profile has at this moment
 * @throws Fault `access_denied`: the instance is disabled, has no role, or the role's trust policy does not let it in;
 * `packed_policy_too_large`
 */
export async function instanceCredentials(
  authenticated: AuthenticatedInstance,
  facts: RequestFacts,
  deps: Deps,
): Promise<InstanceCredentials> {
  const { instance, login } = authenticated;
  if (!instance.enabled) throw new Fault('access_denied', 'the instance is disabled');
  const { association } = instance;
  const role = association === null ? null : await findRole(instance.accountId, association, deps);
  if (association === null || role === null)
    throw new Fault('access_denied', 'no role is attached to the instance');
  const wish = wishOf(authenticated);
  requireTrust(role, instance, wish, login?.context ?? [], facts);
  const origin = {
    federation: login === null ? null : federationOf(login),
    chained: false,
    mfaAtSeconds: null,
    notAfterSeconds: authenticated.notAfterSeconds,
    instance: { instanceId: instance.instanceId, associationId: association.associationId },
  };
  const session = beginRoleSession(role, wish, origin, nowSecondsOf(facts), deps);
  return { role, session, credentials: await issueAwsCredentials(session, deps) };
}

/** What the trail keeps of an issuance. */
export const issuanceElements = ({ role, session, credentials }: InstanceCredentials) => ({
  ...sessionElements(session, {
    arn: assumedRoleArn(role.accountId, role.name, session.identity.sessionName),
    credential: { accessKeyId: credentials.accessKeyId, tokenId: null },
    caller: null,
  }),
  assumedRole: assumedRoleArn(role.accountId, role.name, session.identity.sessionName),
  associationId: session.instance?.associationId,
});

async function findRole(accountId: string, { role: held }: Association, deps: Deps): Promise<Role | null> {
  const role = held === null ? null : await deps.directory.role(accountId, held.name);
  return role?.roleId === held?.roleId ? role : null;
}

/** The session is named after the instance and carries its tags; a chain hands none of them on. */
function wishOf({ instance: { instanceId, tags }, certificate }: AuthenticatedInstance): SessionWish {
  const fields = certificate === null ? success([]) : certificateTags(certificate);
  const joined = fields.ok
    ? joinSessionTags({ tags: [...tags, ...fields.value], transitiveKeys: [], inherited: [] })
    : fields;
  if (!joined.ok) throw new Fault('access_denied', 'the tags of the instance cannot be session tags');
  const named = { sessionName: instanceId, durationSeconds: null, sourceIdentity: null, policies: null };
  return { ...named, ...joined.value };
}

/** The role's trust policy alone decides, and must name this service; `aws:SourceArn` tells it for which instance. */
function requireTrust(
  role: Role,
  instance: Instance,
  wish: SessionWish,
  proved: readonly ContextEntry[],
  facts: RequestFacts,
): void {
  const context = contextOf([
    ...proved,
    ...requestContext(facts),
    ...wishContext(wish),
    ...tagContext('aws:ResourceTag/', role.tags),
    ['aws:ResourceAccount', role.accountId],
    ['aws:SourceArn', instance.arn],
    ['aws:SourceAccount', instance.accountId],
    ['aws:PrincipalIsAWSService', 'true'],
    ['aws:PrincipalServiceName', INSTANCE_SERVICE],
  ]);
  for (const action of actionsOfWish('sts:AssumeRole', wish)) {
    const request = {
      principal: { type: 'service', name: INSTANCE_SERVICE } as const,
      ...{ action, resource: role.arn, resourceAccount: role.accountId, context },
      resourcePolicyIsMandatory: true,
    };
    const { effect } = decide(request, { resource: role.trust });
    if (effect === 'Allow') continue;
    throw new Fault(
      'access_denied',
      `the trust policy of the role does not allow ${action} to this service`,
      {
        ...{ action, role: role.arn, effect },
      },
    );
  }
}

const federationOf = ({ name, kind, identity }: NonNullable<AuthenticatedInstance['login']>): Federation => ({
  provider: name,
  keyPrefix: kind.url,
  audience: identity.audience,
  subject: identity.subject,
});
