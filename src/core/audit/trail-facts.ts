/**
 * What the trail tells beyond its events: which sessions began, and when keys, roles, sessions and services were last used. Read
 * from events as CloudTrail's shape has them, so that what waited in a buffer tells the same as what is written with its change.
 * An event whose shape is another tells nothing: it must not hold up the rest.
 */
import { membersOf, type TrailEvent, textOf } from './trail-event.ts';
import { type LastUseFact, lastUsesIn, type ServiceAccessFact, serviceAccessesIn } from './use-facts.ts';

/** A session as its issuance tells of it; lists are JSON. */
export interface SessionFact {
  readonly accountId: string;
  readonly sessionId: string;
  readonly kind: string;
  readonly principalArn: string;
  readonly principalId: string;
  readonly sourceIdentity: string | null;
  readonly provider: string | null;
  readonly subject: string | null;
  readonly tags: string;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
  readonly fromSessionId: string | null;
  readonly begunByArn: string | null;
  readonly instanceId: string | null;
  readonly userId: string | null;
  readonly lineage: string | null;
}

/** A credential of a session. */
export interface CredentialFact {
  readonly accountId: string;
  readonly credentialId: string;
  readonly sessionId: string;
  readonly issuedAtSeconds: number;
  readonly expiresAtSeconds: number;
}

export interface TrailFacts {
  readonly sessions: readonly SessionFact[];
  readonly credentials: readonly CredentialFact[];
  /** Of each key, role and session its newest alone; so with services. */
  readonly lastUses: readonly LastUseFact[];
  readonly serviceAccesses: readonly ServiceAccessFact[];
}

/** @param events - in any order @returns what they tell, each thing once */
export function factsOf(events: readonly TrailEvent[]): TrailFacts {
  const sessions: SessionFact[] = [];
  const credentials: CredentialFact[] = [];
  for (const event of events) {
    const session = event.outcome === 'success' ? sessionIn(event) : null;
    if (session === null) continue;
    sessions.push(session);
    const credential = credentialIn(event, session);
    if (credential !== null) credentials.push(credential);
  }
  return { sessions, credentials, lastUses: lastUsesIn(events), serviceAccesses: serviceAccessesIn(events) };
}

function sessionIn({ body }: TrailEvent): SessionFact | null {
  const elements = membersOf(body.responseElements);
  const session = membersOf(elements.session);
  const accountId = textOf(session.account);
  const sessionId = textOf(elements.sessionId);
  const kind = textOf(session.kind);
  const principalArn = textOf(session.arn);
  const principalId = textOf(session.principalId);
  const issuedAtSeconds = session.issuedAt;
  const expiresAtSeconds = elements.expiration;
  if (accountId === null || sessionId === null || kind === null) return null;
  if (principalArn === null || principalId === null) return null;
  if (typeof issuedAtSeconds !== 'number' || typeof expiresAtSeconds !== 'number') return null;
  return {
    accountId,
    sessionId,
    kind,
    principalArn,
    principalId,
    sourceIdentity: textOf(session.sourceIdentity),
    provider: textOf(session.provider),
    subject: textOf(session.subject),
    tags: jsonOf(session.tags) ?? '[]',
    issuedAtSeconds,
    expiresAtSeconds,
    fromSessionId: textOf(session.from),
    begunByArn: textOf(session.by),
    instanceId: textOf(session.instance),
    userId: textOf(session.user),
    lineage: jsonOf(session.lineage),
  };
}

function credentialIn({ atMilliseconds, body }: TrailEvent, session: SessionFact): CredentialFact | null {
  const elements = membersOf(body.responseElements);
  const credentialId = textOf(elements.accessKeyId) ?? textOf(elements.tokenId);
  if (credentialId === null) return null;
  const { accountId, sessionId, expiresAtSeconds } = session;
  const issuedAtSeconds = Math.floor(atMilliseconds / 1000);
  return { accountId, credentialId, sessionId, issuedAtSeconds, expiresAtSeconds };
}

const jsonOf = (value: unknown): string | null =>
  value === undefined || value === null ? null : JSON.stringify(value);
