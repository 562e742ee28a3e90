/** What a signed-in person lets a client have: a role that the client may be given and the person may take. */
import type { Role } from '../core/account.ts';
import type { RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { PersonalClient } from '../core/oauth/personal-client.ts';
import type { PersonalGrant } from '../core/oauth/personal-grant.ts';
import { ownerOf } from '../core/sign-in/identity.ts';
import { acrOf, isFresh, type SignInSession } from '../core/sign-in/session.ts';
import { requireAudience } from './audience.ts';
import type { Deps } from './deps.ts';
import { beginTakenRole, rolesToTake } from './take-role.ts';

export interface GrantWish {
  readonly roleArn: string;
  readonly scope: readonly string[];
  /** Null for the client's own. */
  readonly audience: string | null;
}

/** @returns the roles to choose from: decided a moment ago, and decided again when one is taken */
export async function rolesForClient(
  signIn: SignInSession,
  client: PersonalClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<readonly Role[]> {
  const roles = await rolesToTake(signIn, facts, deps);
  return roles.filter(({ arn }) => mayHave(client, arn));
}

const mayHave = ({ roleArns }: PersonalClient, arn: string): boolean =>
  roleArns === null || roleArns.includes(arn);

/** Whether the person has proved a second factor, and who they are just now. */
export const isPresent = (signIn: SignInSession, nowSeconds: number): boolean =>
  signIn.mfaAtSeconds !== null && isFresh(signIn, nowSeconds);

/** @throws Fault `access_denied` */
export function requirePresence(signIn: SignInSession, nowSeconds: number): void {
  if (!isPresent(signIn, nowSeconds)) throw new Fault('access_denied', 'confirm first that it is you');
}

/**
 * Begins the session of what the client gets.
 * @throws Fault `access_denied` for a role that the client may not have, or whose trust or policies do not allow it to the person
 */
export async function beginPersonalGrant(
  signIn: SignInSession,
  client: PersonalClient,
  { roleArn, scope, audience }: GrantWish,
  facts: RequestFacts,
  deps: Deps,
): Promise<PersonalGrant> {
  if (!mayHave(client, roleArn)) {
    throw new Fault('access_denied', 'this application may not have this role', { role: roleArn });
  }
  const { session, arn } = await beginTakenRole(signIn, roleArn, null, facts, deps);
  return {
    session,
    arn,
    subject: ownerOf(signIn.identity).id,
    audience: await requireAudience(audience ?? client.audience, client.accountId, deps),
    scope,
    amr: signIn.amr,
    acr: acrOf(signIn),
    authAtSeconds: signIn.authAtSeconds,
  };
}
