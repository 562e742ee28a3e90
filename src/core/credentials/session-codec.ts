/**
 * A session as compact JSON and back. Member names are short because a session token holds at most 4,096 bytes.
 * Names once used are never given another meaning: tokens outlive deployments of this code. A deployment that does not know a
 * small letter passes over it; one that does not know a capital letter refuses the session. So what limits a session is
 * named by a capital letter.
 */
import type { SessionCertificate } from '../x509/session-certificate.ts';
import {
  isPackedDelegation,
  type PackedDelegation,
  packDelegation,
  unpackDelegation,
} from './delegation-codec.ts';
import {
  isMadeFrom,
  isPackedLineage,
  type PackedLineage,
  packLineage,
  unpackLineage,
} from './lineage-codec.ts';
import type { Federation, Session, SessionIdentity, Tag, UserIdentity } from './session.ts';

interface PackedSession {
  readonly s: string;
  readonly a: string;
  /** Exactly one of the next four: a role, a user, a federated user (by root where the name stands alone), root. */
  readonly r?: readonly [roleId: string, roleName: string, sessionName: string];
  readonly u?: readonly [userId: string, userName: string];
  readonly d?: readonly [name: string] | readonly [name: string, userId: string, userName: string];
  readonly k?: 1;
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
  /** Stands beside `f`. */
  readonly Q?: readonly [nameQualifier: string, subjectType: string];
  readonly h?: number;
  readonly S?: readonly string[];
  readonly I?: readonly [instanceId: string, associationId: string];
  readonly L?: PackedLineage;
  readonly N?: number;
  readonly A?: PackedCertificate;
  readonly D?: PackedDelegation;
  readonly M?: readonly string[];
}

/** An empty profile id stands for none. */
type PackedCertificate = readonly [
  trustAnchorId: string,
  profileId: string,
  ...path: (readonly [issuer: string, serial: string])[],
];

type PackedIdentity = Pick<PackedSession, 'r' | 'u' | 'd' | 'k'>;

/** @returns the session as a JSON-ready value, without what is absent */
export function packSession(session: Session): PackedSession {
  const { policies, federation } = session;
  return {
    s: session.sessionId,
    a: session.accountId,
    ...packIdentity(session.identity),
    t: session.issuedAtSeconds,
    e: session.expiresAtSeconds,
    ...(policies?.inline != null && { p: policies.inline }),
    ...(policies !== null && { m: policies.arns }),
    ...(session.tags.length > 0 && { g: session.tags.map((tag) => [tag.Key, tag.Value] as const) }),
    ...(session.transitiveTagKeys.length > 0 && { x: session.transitiveTagKeys }),
    ...(session.sourceIdentity !== null && { o: session.sourceIdentity }),
    ...(federation !== null && { f: packFederation(federation) }),
    ...(federation?.saml !== undefined && {
      Q: [federation.saml.nameQualifier, federation.saml.subjectType] as const,
    }),
    ...(session.chained && { c: 1 as const }),
    ...(session.mfaAtSeconds !== null && { h: session.mfaAtSeconds }),
    ...(session.scopes.length > 0 && { S: session.scopes }),
    ...(session.instance !== undefined && {
      I: [session.instance.instanceId, session.instance.associationId] as const,
    }),
    ...(session.lineage !== undefined && { L: packLineage(session.lineage) }),
    ...(session.notAfterSeconds !== undefined && { N: session.notAfterSeconds }),
    ...(session.certificate !== undefined && { A: packCertificate(session.certificate) }),
    ...(session.delegation !== undefined && { D: packDelegation(session.delegation) }),
    ...(session.madeFrom !== undefined && { M: session.madeFrom }),
  };
}

function packIdentity(identity: SessionIdentity): PackedIdentity {
  switch (identity.type) {
    case 'role':
      return { r: [identity.roleId, identity.roleName, identity.sessionName] };
    case 'user':
      return { u: [identity.userId, identity.userName] };
    case 'federated-user': {
      const { name, by } = identity;
      return { d: by.type === 'root' ? [name] : [name, by.userId, by.userName] };
    }
    case 'root':
      return { k: 1 };
  }
}

const packFederation = (federation: Federation): NonNullable<PackedSession['f']> => [
  federation.provider,
  federation.keyPrefix,
  federation.audience,
  federation.subject,
  federation.amr ?? [],
  federation.authTimeSeconds ?? 0,
];

const packCertificate = ({ trustAnchorId, profileId, path }: SessionCertificate): PackedCertificate => [
  trustAnchorId,
  profileId ?? '',
  ...path.map(({ issuer, serial }) => [issuer, serial] as const),
];

/**
 * Reads a packed session again.
 * @param value - parsed JSON whose authenticity is already proved (an opened token, a verified JWT)
 * @returns the session, or null when the value has not the shape that `packSession` writes
 */
export function unpackSession(value: unknown): Session | null {
  const identity = isPacked(value) ? unpackIdentity(value) : null;
  if (!isPacked(value) || identity === null) return null;
  return {
    sessionId: value.s,
    accountId: value.a,
    identity,
    issuedAtSeconds: value.t,
    expiresAtSeconds: value.e,
    policies: value.m === undefined ? null : { inline: value.p ?? null, arns: value.m },
    tags: (value.g ?? []).map(([Key, Value]): Tag => ({ Key, Value })),
    transitiveTagKeys: value.x ?? [],
    sourceIdentity: value.o ?? null,
    federation: value.f === undefined ? null : unpackFederation(value.f, value.Q),
    chained: value.c === 1,
    mfaAtSeconds: value.h ?? null,
    scopes: value.S ?? [],
    ...(value.I !== undefined && { instance: { instanceId: value.I[0], associationId: value.I[1] } }),
    ...(value.L !== undefined && { lineage: unpackLineage(value.L) }),
    ...(value.N !== undefined && { notAfterSeconds: value.N }),
    ...(value.A !== undefined && { certificate: unpackCertificate(value.A) }),
    ...(value.D !== undefined && { delegation: unpackDelegation(value.D) }),
    ...(value.M !== undefined && { madeFrom: value.M }),
  };
}

/** @returns null unless exactly one identity is given */
function unpackIdentity({ r, u, d, k }: PackedIdentity): SessionIdentity | null {
  const [identity, ...others] = [
    ...(r === undefined ? [] : [{ type: 'role', roleId: r[0], roleName: r[1], sessionName: r[2] } as const]),
    ...(u === undefined ? [] : [user(u[0], u[1])]),
    ...(d === undefined ? [] : [unpackFederatedUser(d)]),
    ...(k === undefined ? [] : [{ type: 'root' } as const]),
  ];
  return others.length === 0 ? (identity ?? null) : null;
}

const user = (userId: string, userName: string): UserIdentity => ({ type: 'user', userId, userName });

const unpackFederatedUser = ([name, userId, userName]: NonNullable<
  PackedIdentity['d']
>): SessionIdentity => ({
  type: 'federated-user',
  name,
  by: userId === undefined || userName === undefined ? { type: 'root' } : user(userId, userName),
});

function unpackFederation(packed: NonNullable<PackedSession['f']>, saml: PackedSession['Q']): Federation {
  const [provider, keyPrefix, audience, subject, amr, authTimeSeconds] = packed;
  return {
    provider,
    keyPrefix,
    audience,
    subject,
    ...(amr.length > 0 && { amr }),
    ...(authTimeSeconds > 0 && { authTimeSeconds }),
    ...(saml !== undefined && { saml: { nameQualifier: saml[0], subjectType: saml[1] } }),
  };
}

const unpackCertificate = ([trustAnchorId, profileId, ...path]: PackedCertificate): SessionCertificate => ({
  trustAnchorId,
  profileId: profileId === '' ? null : profileId,
  path: path.map(([issuer, serial]) => ({ issuer, serial })),
});

/** One check per member. What is absent is checked as `undefined`. */
const MEMBERS: { readonly [Name in keyof Required<PackedSession>]: (value: unknown) => boolean } = {
  s: (value) => isText(value),
  a: (value) => isText(value),
  r: (value) => value === undefined || isTexts(value, 3),
  u: (value) => value === undefined || isTexts(value, 2),
  d: (value) => value === undefined || isTexts(value, 1) || isTexts(value, 3),
  k: (value) => value === undefined || value === 1,
  t: (value) => Number.isSafeInteger(value),
  e: (value) => Number.isSafeInteger(value),
  p: (value) => value === undefined || isText(value),
  m: (value) => value === undefined || isTexts(value),
  g: (value) => value === undefined || (Array.isArray(value) && value.every((tag) => isTexts(tag, 2))),
  x: (value) => value === undefined || isTexts(value),
  o: (value) => value === undefined || isText(value),
  f: (value) => value === undefined || isFederation(value),
  c: (value) => value === undefined || value === 1,
  h: (value) => value === undefined || Number.isSafeInteger(value),
  Q: (value) => value === undefined || isTexts(value, 2),
  I: (value) => value === undefined || isTexts(value, 2),
  L: (value) => value === undefined || isPackedLineage(value),
  N: (value) => value === undefined || Number.isSafeInteger(value),
  A: (value) => value === undefined || isCertificate(value),
  D: (value) => value === undefined || isPackedDelegation(value),
  M: (value) => value === undefined || isMadeFrom(value),
  S: (value) => value === undefined || (isTexts(value) && value.length > 0),
};

const CHECKS = Object.entries(MEMBERS);
const KNOWN: ReadonlySet<string> = new Set(Object.keys(MEMBERS));
const CAPITAL = /^[A-Z]/;

/** Every member is checked: one that cannot be read must end the session, never quietly leave out its limits. */
function isPacked(value: unknown): value is PackedSession {
  const packed = Object(value) as Readonly<Record<string, unknown>>; // any value, boxed
  if (!CHECKS.every(([name, fits]) => fits(packed[name]))) return false;
  if (packed.p !== undefined && packed.m === undefined) return false;
  if (packed.Q !== undefined && packed.f === undefined) return false;
  return Object.keys(packed).every((name) => KNOWN.has(name) || !CAPITAL.test(name));
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

/** Without a certificate in its path it would say nothing. */
const isCertificate = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length >= 3 &&
  isTexts(value.slice(0, 2)) &&
  value.slice(2).every((each) => isTexts(each, 2));
