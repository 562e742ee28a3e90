/** A signed-in person takes a role: trust policy and the person's own policies decide, as for AssumeRole. */
import type { Role } from '../core/account.ts';
import { assumedRoleArn } from '../core/arn.ts';
import type { AuditIdentity } from '../core/audit/event.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { mfaContext } from '../core/context/session-context.ts';
import type { Lineage } from '../core/credentials/lineage.ts';
import type { RoleIdentity, Session } from '../core/credentials/session.ts';
import { type FederatedSignIn, nameOf } from '../core/sign-in/identity.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import { type AssumeRoleInput, assumeRole, type BegunSession } from './assume-role.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { offeredRoles } from './offered-roles.ts';
import { type IssuedToPerson, issueToPerson } from './own-credentials.ts';
import { asFault } from './record.ts';
import { callerOfSignIn, pageFacts } from './sign-in-caller.ts';
import { signInAuditIdentity } from './sign-in-session.ts';
import { takeMappedRole } from './take-mapped-role.ts';
import { onTrialElements } from './trust-trial.ts';

/** How many of an account's roles the page looks at; others are named by their ARN. */
const MAX_OFFERED = 50;

const wish = (signIn: SignInSession, roleArn: string, durationSeconds: number | null): AssumeRoleInput => ({
  roleArn,
  sessionName: sessionNameOf(signIn),
  durationSeconds,
  inlinePolicy: null,
  policyArns: [],
  tags: [],
  transitiveTagKeys: [],
  externalId: null,
  sourceIdentity: null,
  serialNumber: null,
  tokenCode: null,
});

/** A session's name in the trail: the person's own. */
const sessionNameOf = ({ identity }: SignInSession): string => {
  const name = identity.type === 'root' ? 'root' : nameOf(identity);
  return name
    .replaceAll(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');
};

/** A role that a person has taken; nothing is issued yet. */
export interface TakenRole {
  readonly session: Session<RoleIdentity>;
  readonly role: Role;
  /** Of the role's session. */
  readonly arn: string;
  /** The STS call that it stands for, in the trail. */
  readonly call: string;
  /** For the trail: what a trust policy on trial would have refused. */
  readonly onTrial: readonly object[];
  readonly by: {
    /** Null for somebody from outside. */
    readonly caller: Caller | null;
    readonly auditIdentity: AuditIdentity;
    readonly facts: RequestFacts;
  };
}

/**
 * @returns credentials of the role; the second factor is the sign-in's
 * @throws Fault as `beginTakenRole`
 */
export async function takeRole(
  signIn: SignInSession,
  roleArn: string,
  durationSeconds: number | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<IssuedToPerson> {
  const { call, session, arn, by, onTrial } = await beginTakenRole(
    signIn,
    roleArn,
    durationSeconds,
    facts,
    deps,
  );
  return issueToPerson(call, session, arn, { ...by, elements: onTrialElements(onTrial) }, deps);
}

/**
 * Begins the session of a role that the person may take; the second factor is the sign-in's.
 * @throws Fault `access_denied` where trust or policies do not allow, or there is no such role; `validation_error` for what is no
 * role's ARN or lasts too long
 */
export async function beginTakenRole(
  signIn: SignInSession,
  roleArn: string,
  durationSeconds: number | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<TakenRole> {
  const { identity } = signIn;
  if (identity.type === 'federated') {
    return takeFromOutside({ ...signIn, identity }, roleArn, durationSeconds, facts, deps);
  }
  const caller = await callerOfSignIn(signIn, facts, deps);
  const begun = await assumeRole(wish(signIn, roleArn, durationSeconds), caller, pageFacts(facts), deps);
  // What the browser has proved holds for the role too, as where AWS's console switches roles.
  const session = { ...begun.session, mfaAtSeconds: signIn.mfaAtSeconds };
  const { auditIdentity } = caller;
  return taken('AssumeRole', { ...begun, session }, { caller, auditIdentity, facts });
}

const taken = (call: string, { role, session, onTrial }: BegunSession, by: TakenRole['by']): TakenRole => ({
  call,
  role,
  session,
  onTrial,
  arn: assumedRoleArn(role.accountId, role.name, session.identity.sessionName),
  by,
});

/** Somebody from outside takes one of the roles offered. Its trust policy sees whether they have used a passkey of ours beside. */
async function takeFromOutside(
  signIn: SignInSession & { readonly identity: FederatedSignIn },
  roleArn: string,
  durationSeconds: number | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<TakenRole> {
  const begun = await takeMappedRole(withPasskey(signIn, facts), roleArn, durationSeconds, facts, deps);
  const auditIdentity = await signInAuditIdentity(signIn, deps);
  const call = signIn.identity.trustAction.slice('sts:'.length);
  const session = {
    ...begun.session,
    mfaAtSeconds: signIn.mfaAtSeconds,
    lineage: lineageOfOutside(signIn),
  };
  return taken(call, { ...begun, session }, { caller: null, auditIdentity, facts });
}

/** It ends with the sign-in, and with the login that began that. */
const lineageOfOutside = ({
  sessionId,
  createdAtSeconds,
  identity: { asked, federation },
}: SignInSession & { readonly identity: FederatedSignIn }): Lineage => ({
  origin: { type: 'login', provider: federation.provider, subject: federation.subject },
  ancestors: [
    {
      sessionId,
      issuedAtSeconds: createdAtSeconds,
      roleId: null,
      sourceIdentity: asked.sourceIdentity !== null,
    },
  ],
});

/** The login with `aws:MultiFactorAuthPresent` and its age, as this browser has proved them. */
const withPasskey = (
  { identity, mfaAtSeconds }: SignInSession & { readonly identity: FederatedSignIn },
  facts: RequestFacts,
): FederatedSignIn => ({
  ...identity,
  context: [...identity.context, ...mfaContext(mfaAtSeconds, nowSecondsOf(facts))],
});

/** @returns the roles that somebody from outside may take once they prove a second factor of ours; empty for everybody else */
export async function rolesBehindFactor(
  signIn: SignInSession,
  facts: RequestFacts,
  deps: Deps,
): Promise<readonly Role[]> {
  const { identity } = signIn;
  if (identity.type !== 'federated') return [];
  const offered = await offeredRoles(withPasskey({ ...signIn, identity }, facts), facts, deps);
  return offered.filter(({ wantsFactor }) => wantsFactor).map(({ role }) => role);
}

/** @returns the roles among the account's first fifty that the person may take now */
export async function rolesToTake(
  signIn: SignInSession,
  facts: RequestFacts,
  deps: Deps,
): Promise<readonly Role[]> {
  const { identity } = signIn;
  const { accountId } = identity;
  if (identity.type === 'federated') {
    const offered = await offeredRoles(withPasskey({ ...signIn, identity }, facts), facts, deps);
    return offered.filter(({ wantsFactor }) => !wantsFactor).map(({ role }) => role);
  }
  const caller = await callerOfSignIn(signIn, facts, deps);
  const page = await deps.roles.list(accountId, '/', { limit: MAX_OFFERED, after: null });
  const offered = await Promise.all(
    page.items.map(async ({ arn }) => {
      try {
        return (await assumeRole(wish(signIn, arn, null), caller, pageFacts(facts), deps)).role;
      } catch (error) {
        const fault = asFault(error);
        if (fault.code === 'access_denied') return null;
        throw fault;
      }
    }),
  );
  return offered.filter((role) => role !== null);
}
