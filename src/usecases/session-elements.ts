/** What the trail tells of an issuance: everything that the list of sessions is made from. Never a secret. */
import { originOf } from '../core/credentials/lineage.ts';
import type { Session } from '../core/credentials/session.ts';
import type { SessionCredential } from '../core/revocation/marks.ts';
import { ownerOf } from '../core/sign-in/identity.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import type { Caller } from './caller.ts';

/** How a session came about, beside what it carries itself. */
export interface SessionIssuance {
  /** ARN of the principal that the session is. */
  readonly arn: string;
  /** The credential that leaves with the answer. */
  readonly credential: SessionCredential;
  /** Who signed for it; null where an outside login or an instance began it. */
  readonly caller: Caller | null;
}

/**
 * The elements of an issuance's event. Whoever issues a credential passes them to `tell`, with more of its own beside them.
 * @returns the ids flat, as CloudTrail has them, and under `session` what the list of sessions shows
 */
export function sessionElements(
  session: Session,
  { arn, credential, caller }: SessionIssuance,
): Readonly<Record<string, unknown>> {
  const { accessKeyId, tokenId } = credential;
  const { federation, sourceIdentity, tags, instance, lineage, delegation } = session;
  const origin = originOf(session);
  const parent = lineage?.ancestors.at(-1);
  // A user who signed in stands beside it.
  const isByKey = origin?.type === 'user' && origin.accessKeyId !== undefined;
  return {
    sessionId: session.sessionId,
    ...(accessKeyId !== null && { accessKeyId }),
    ...(tokenId !== null && { tokenId }),
    expiration: session.expiresAtSeconds,
    session: {
      account: session.accountId,
      kind: session.identity.type,
      arn,
      principalId: principalIdOf(session),
      issuedAt: session.issuedAtSeconds,
      ...(sourceIdentity !== null && { sourceIdentity }),
      ...(federation !== null && { provider: federation.provider, subject: federation.subject }),
      ...(tags.length > 0 && { tags }),
      ...(parent !== undefined && { from: parent.sessionId }),
      ...((parent !== undefined || isByKey) && { lineage }),
      ...(delegation !== undefined && { delegation }),
      ...(caller !== null && { by: caller.arn }),
      ...(instance !== undefined && { instance: instance.instanceId }),
      ...(origin?.type === 'user' && { user: origin.userId }),
    },
  };
}

/**
 * The same of a browser's session, which has no credential: its cookie is a secret that nobody is told.
 * @param arn - of the person, or of the provider that vouched
 */
export function signInElements(
  { sessionId, identity, createdAtSeconds, expiresAtSeconds }: SignInSession,
  arn: string,
): Readonly<Record<string, unknown>> {
  const outside = identity.type === 'federated' ? identity : null;
  return {
    expiration: expiresAtSeconds,
    session: {
      account: identity.accountId,
      kind: 'sign-in',
      arn,
      principalId: ownerOf(identity).id,
      issuedAt: createdAtSeconds,
      ...(identity.type === 'user' && { user: identity.userId }),
      ...(outside !== null && {
        provider: outside.federation.provider,
        subject: outside.federation.subject,
        ...(outside.asked.sourceIdentity !== null && { sourceIdentity: outside.asked.sourceIdentity }),
        ...(outside.asked.tags.length > 0 && { tags: outside.asked.tags }),
      }),
    },
    sessionId,
  };
}

/** Unique id of the role or user whose session it is; the account's id for root. */
function principalIdOf({ identity, accountId }: Session): string {
  switch (identity.type) {
    case 'role':
      return identity.roleId;
    case 'user':
      return identity.userId;
    case 'federated-user':
      return identity.by.type === 'user' ? identity.by.userId : accountId;
    case 'root':
      return accountId;
  }
}
