/** A client's own session: the role that is registered with it. @see RFC 6749 section 4.4 */
import type { Role } from '../../core/account.ts';
import { assumedRoleArn, parseIamArn } from '../../core/arn.ts';
import type { AuditIdentity } from '../../core/audit/event.ts';
import { nowSecondsOf, type RequestFacts } from '../../core/context/request-context.ts';
import type { RoleIdentity, Session } from '../../core/credentials/session.ts';
import { Fault } from '../../core/faults.ts';
import { CLIENT_SERVICE, type OAuthClient } from '../../core/oauth/client.ts';
import { requireAudience } from '../audience.ts';
import { beginRoleSession } from '../begin-session.ts';
import type { Deps } from '../deps.ts';
import { requireServiceTrust } from '../service-trust.ts';
import type { ProvedClient } from './authenticate-client.ts';

export interface ClientSession {
  readonly role: Role;
  readonly session: Session<RoleIdentity>;
  readonly arn: string;
}

/** Who asks, for the trail. */
export const clientIdentity = ({ accountId, clientId, arn }: OAuthClient): AuditIdentity => ({
  type: 'OAuthClient',
  principalId: clientId,
  arn,
  accountId,
});

/**
 * @returns a session of the client's role, named after the client
 * @throws Fault `access_denied` where the role is gone or its trust policy does not let the client in
 */
export async function clientSession(
  client: ProvedClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<ClientSession> {
  const { accountId, clientId, arn: sourceArn } = client;
  const role = await findRole(client, deps);
  if (role === null) throw new Fault('access_denied', 'the client has no role', { clientId });
  const wish = {
    ...{ sessionName: clientId, durationSeconds: null, tags: [], transitiveTagKeys: [] },
    ...{ sourceIdentity: null, policies: null },
  };
  const asking = { service: CLIENT_SERVICE, sourceArn, sourceAccount: accountId, proved: [] };
  requireServiceTrust(asking, role, wish, facts);
  const { notAfterSeconds = null, certificate = null } = client.provedBy ?? {};
  const origin = {
    ...{ federation: null, chained: false, mfaAtSeconds: null, notAfterSeconds },
    ...(certificate !== null && { certificate }),
  };
  const session = beginRoleSession(role, wish, origin, nowSecondsOf(facts), deps);
  return { role, session, arn: assumedRoleArn(accountId, role.name, clientId) };
}

async function findRole({ accountId, settings }: OAuthClient, { directory }: Deps): Promise<Role | null> {
  const { roleArn } = settings;
  const named = roleArn === null ? null : parseIamArn(roleArn);
  const role = named === null ? null : await directory.role(accountId, named.name);
  return role?.arn === roleArn ? role : null;
}

/**
 * The audience of a client's token: one that the client is registered for. Without a wish it is the client's only one, else the
 * issuer.
 * @throws Fault `invalid_target`
 */
export async function clientAudience(
  asked: string | null,
  { accountId, settings }: OAuthClient,
  deps: Deps,
): Promise<string> {
  const [only] = settings.audiences;
  const wanted = asked ?? (settings.audiences.length === 1 ? only : undefined) ?? deps.settings.issuer;
  if (wanted !== deps.settings.issuer && !settings.audiences.includes(wanted))
    throw new Fault('invalid_target', 'the client is not registered for this audience');
  return requireAudience(wanted, accountId, deps);
}
