/**
 * A session as compact JSON and back. Member names are short because a session token holds at most 4,096 bytes.
 * Names once used are never given another meaning: tokens outlive deployments of this code.
 */
import type { Federation, Session, Tag } from './session.ts';

interface PackedSession {
  readonly s: string;
  readonly a: string;
  readonly r: readonly [roleId: string, roleName: string, sessionName: string];
  readonly t: number;
  readonly e: number;
  readonly p?: string;
  readonly m?: readonly string[];
  readonly g?: readonly (readonly [string, string])[];
  readonly x?: readonly string[];
  readonly o?: string;
  readonly f?: readonly [
    provider: string,
    keyPrefix: string,
    audience: string,
    subject: string,
    amr: readonly string[],
    /** 0 where it is not known. */
    authTimeSeconds: number,
  ];
  readonly c?: 1;
}

/** @returns the session as a JSON-ready value, without what is absent */
export function packSession(session: Session): PackedSession {
  const { identity, policies, federation } = session;
  return {
    s: session.sessionId,
    a: session.accountId,
    r: [identity.roleId, identity.roleName, identity.sessionName],
    t: session.issuedAtSeconds,
    e: session.expiresAtSeconds,
    ...(policies?.inline != null && { p: policies.inline }),
    ...(policies !== null && { m: policies.arns }),
    ...(session.tags.length > 0 && { g: session.tags.map((tag) => [tag.Key, tag.Value] as const) }),
    ...(session.transitiveTagKeys.length > 0 && { x: session.transitiveTagKeys }),
    ...(session.sourceIdentity !== null && { o: session.sourceIdentity }),
    ...(federation !== null && { f: packFederation(federation) }),
    ...(session.chained && { c: 1 as const }),
  };
}

const packFederation = (federation: Federation): NonNullable<PackedSession['f']> => [
  federation.provider,
  federation.keyPrefix,
  federation.audience,
  federation.subject,
  federation.amr ?? [],
  federation.authTimeSeconds ?? 0,
];

/**
 * Reads a packed session again.
 * @param value - parsed JSON whose authenticity is already proved (an opened token, a verified JWT)
 * @returns the session, or null when the value has not the shape that `packSession` writes
 */
export function unpackSession(value: unknown): Session | null {
  if (typeof value !== 'object' || value === null) return null;
  // The bytes are ours (sealed or signed by this broker), so the shape is checked where a wrong one could mislead.
  const packed = value as Partial<PackedSession>;
  const { s, a, r, t, e } = packed;
  if (typeof s !== 'string' || typeof a !== 'string' || !isTexts(r, 3)) return null;
  if (!Number.isSafeInteger(t) || !Number.isSafeInteger(e)) return null;
  const federation = packed.f === undefined ? null : unpackFederation(packed.f);
  if (federation === undefined) return null;
  const [roleId = '', roleName = '', sessionName = ''] = r;
  return {
    sessionId: s,
    accountId: a,
    identity: { type: 'role', roleId, roleName, sessionName },
    issuedAtSeconds: Number(t),
    expiresAtSeconds: Number(e),
    policies: packed.m === undefined ? null : { inline: packed.p ?? null, arns: packed.m },
    tags: (packed.g ?? []).map(([Key, Value]): Tag => ({ Key, Value })),
    transitiveTagKeys: packed.x ?? [],
    sourceIdentity: packed.o ?? null,
    federation,
    chained: packed.c === 1,
  };
}

function unpackFederation(packed: NonNullable<PackedSession['f']>): Federation | undefined {
  const [provider, keyPrefix, audience, subject, amr, authTimeSeconds] = packed;
  if (!isTexts([provider, keyPrefix, audience, subject], 4)) return undefined;
  return {
    provider,
    keyPrefix,
    audience,
    subject,
    ...(amr.length > 0 && { amr }),
    ...(authTimeSeconds > 0 && { authTimeSeconds }),
  };
}

const isTexts = (value: readonly unknown[] | undefined, length: number): value is readonly string[] =>
  Array.isArray(value) && value.length === length && value.every((item) => typeof item === 'string');
