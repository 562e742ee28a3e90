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
  readonly i?: readonly [instanceId: string, associationId: string];
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
    ...(session.instance !== undefined && {
      i: [session.instance.instanceId, session.instance.associationId] as const,
    }),
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
  if (!isPacked(value)) return null;
  const [roleId, roleName, sessionName] = value.r;
  return {
    sessionId: value.s,
    accountId: value.a,
    identity: { type: 'role', roleId, roleName, sessionName },
    issuedAtSeconds: value.t,
    expiresAtSeconds: value.e,
    policies: value.m === undefined ? null : { inline: value.p ?? null, arns: value.m },
    tags: (value.g ?? []).map(([Key, Value]): Tag => ({ Key, Value })),
    transitiveTagKeys: value.x ?? [],
    sourceIdentity: value.o ?? null,
    federation: value.f === undefined ? null : unpackFederation(value.f),
    chained: value.c === 1,
    ...(value.i !== undefined && { instance: { instanceId: value.i[0], associationId: value.i[1] } }),
  };
}

function unpackFederation(packed: NonNullable<PackedSession['f']>): Federation {
  const [provider, keyPrefix, audience, subject, amr, authTimeSeconds] = packed;
  return {
    provider,
    keyPrefix,
    audience,
    subject,
    ...(amr.length > 0 && { amr }),
    ...(authTimeSeconds > 0 && { authTimeSeconds }),
  };
}

/** Every member is checked: one that cannot be read must end the session, never quietly leave out its limits. */
function isPacked(value: unknown): value is PackedSession {
  const packed = Object(value) as Readonly<Record<keyof PackedSession, unknown>>; // any value, boxed
  const { s, a, r, t, e, p, m, g, x, o, f, c, i } = packed;
  return (
    isText(s) &&
    isText(a) &&
    isTexts(r, 3) &&
    Number.isSafeInteger(t) &&
    Number.isSafeInteger(e) &&
    (p === undefined || (isText(p) && m !== undefined)) &&
    (m === undefined || isTexts(m)) &&
    (g === undefined || (Array.isArray(g) && g.every((tag) => isTexts(tag, 2)))) &&
    (x === undefined || isTexts(x)) &&
    (o === undefined || isText(o)) &&
    (f === undefined || isFederation(f)) &&
    (c === undefined || c === 1) &&
    (i === undefined || isTexts(i, 2))
  );
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isTexts = (value: unknown, length?: number): value is readonly string[] =>
  Array.isArray(value) && value.length === (length ?? value.length) && value.every(isText);

const isFederation = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length === 6 &&
  isTexts(value.slice(0, 4)) &&
  isTexts(value[4]) &&
  Number.isSafeInteger(value[5]);
