/** The credentials of an instance: a session of the role that is attached to it now. */
import type { Role } from '../core/account.ts';
import { assumedRoleArn } from '../core/arn.ts';
import type { AuditIdentity } from '../core/audit/event.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import type { AwsCredentials } from '../core/credentials/mint.ts';
import type { Federation, RoleIdentity, Session } from '../core/credentials/session.ts';
import { joinSessionTags } from '../core/credentials/session-tags.ts';
import { Fault } from '../core/faults.ts';
import type { Association, Instance } from '../core/instances/instance.ts';
import { success } from '../core/result.ts';
import { certificateTags } from '../core/x509/certificate-tags.ts';
import type { AuthenticatedInstance } from './authenticate-instance.ts';
import { beginRoleSession, type SessionWish } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { issueAwsCredentials } from './issue.ts';
import { INSTANCE_SERVICE } from './pass-role.ts';
import { requireServiceTrust } from './service-trust.ts';
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
  requireServiceTrust(
    {
      service: INSTANCE_SERVICE,
      sourceArn: instance.arn,
      sourceAccount: instance.accountId,
      proved: login?.context ?? [],
    },
    role,
    wish,
    facts,
  );
  const origin = {
    federation: login === null ? null : federationOf(login),
    chained: false,
    mfaAtSeconds: null,
    notAfterSeconds: authenticated.notAfterSeconds,
    certificate: authenticated.bound,
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

const federationOf = ({ name, kind, identity }: NonNullable<AuthenticatedInstance['login']>): Federation => ({
  provider: name,
  keyPrefix: kind.url,
  audience: identity.audience,
  subject: identity.subject,
});
