/** A lineage as compact JSON and back; part of `session-codec`, under its rules. */
import type { Ancestor, Lineage, Origin } from './lineage.ts';

/**
 * An empty role id stands for none; the origin stands there where the session has another than the lineage (or is empty before what
 * the asking credential was made from).
 */
type PackedAncestor =
  | readonly [sessionId: string, issuedAtSeconds: number, roleId: string, sourceIdentity: 0 | 1]
  | readonly [
      sessionId: string,
      issuedAtSeconds: number,
      roleId: string,
      sourceIdentity: 0 | 1,
      origin: PackedOrigin,
    ]
  | readonly [
      sessionId: string,
      issuedAtSeconds: number,
      roleId: string,
      sourceIdentity: 0 | 1,
      origin: PackedOrigin,
      madeFrom: readonly string[],
    ];

type PackedOrigin =
  | 1
  | readonly []
  | readonly [userId: string]
  | readonly [provider: string, subject: string]
  | readonly [userId: string, accessKeyId: string, key: 1];

/** First who stands at the beginning: nobody, 1 for root, a user by its id (and key), or provider and subject; then the sessions, oldest first. */
export type PackedLineage = readonly [origin: PackedOrigin, ...ancestors: PackedAncestor[]];

export const packLineage = ({ origin, ancestors }: Lineage): PackedLineage => [
  packOrigin(origin),
  ...ancestors.map(packAncestor),
];

function packAncestor({
  sessionId,
  issuedAtSeconds,
  roleId,
  sourceIdentity,
  origin,
  madeFrom,
}: Ancestor): PackedAncestor {
  const packed = [sessionId, issuedAtSeconds, roleId ?? '', sourceIdentity ? 1 : 0] as const;
  if (madeFrom !== undefined) return [...packed, packOrigin(origin ?? null), madeFrom];
  return origin === undefined ? packed : [...packed, packOrigin(origin)];
}

function packOrigin(origin: Origin | null): PackedOrigin {
  if (origin === null) return [];
  if (origin.type === 'root') return 1;
  if (origin.type === 'login') return [origin.provider, origin.subject];
  const { userId, accessKeyId } = origin;
  return accessKeyId === undefined ? [userId] : [userId, accessKeyId, 1];
}

/** @param packed - as `isPackedLineage` has found it good */
export const unpackLineage = ([origin, ...ancestors]: PackedLineage): Lineage => ({
  origin: unpackOrigin(origin),
  ancestors: ancestors.map(unpackAncestor),
});

function unpackAncestor([
  sessionId,
  issuedAtSeconds,
  roleId,
  sourceIdentity,
  packed,
  madeFrom,
]: PackedAncestor): Ancestor {
  const origin = packed === undefined ? null : unpackOrigin(packed);
  return {
    sessionId,
    issuedAtSeconds,
    roleId: roleId === '' ? null : roleId,
    sourceIdentity: sourceIdentity === 1,
    ...(origin !== null && { origin }),
    ...(madeFrom !== undefined && { madeFrom }),
  };
}

function unpackOrigin(packed: PackedOrigin): Origin | null {
  if (packed === 1) return { type: 'root' };
  const [first, subject, key] = packed;
  if (first === undefined) return null;
  if (subject === undefined) return { type: 'user', userId: first };
  return key === 1
    ? { type: 'user', userId: first, accessKeyId: subject }
    : { type: 'login', provider: first, subject };
}

export function isPackedLineage(value: unknown): value is PackedLineage {
  if (!Array.isArray(value)) return false;
  const [origin, ...ancestors] = value as readonly unknown[]; // a list of anything
  // One that says nothing is written by nobody.
  if (Array.isArray(origin) && origin.length + ancestors.length === 0) return false;
  return isOrigin(origin) && ancestors.every(isAncestor);
}

const isOrigin = (value: unknown): boolean =>
  value === 1 ||
  (Array.isArray(value) &&
    (value.length <= 2 || (value.length === 3 && value[2] === 1)) &&
    areTexts(value.slice(0, 2)));

const areTexts = (values: readonly unknown[]): boolean => values.every((each) => typeof each === 'string');

/** One that names nobody is written by nobody. */
const isOwnOrigin = (value: unknown): boolean => isOrigin(value) && Object(value).length !== 0;

const isAncestor = (value: unknown): boolean =>
  Array.isArray(value) &&
  (value.length === 4 ||
    (value.length === 5 && isOwnOrigin(value[4])) ||
    (value.length === 6 && isOrigin(value[4]) && isMadeFrom(value[5]))) &&
  typeof value[0] === 'string' &&
  Number.isSafeInteger(value[1]) &&
  typeof value[2] === 'string' &&
  (value[3] === 0 || value[3] === 1);

/** What a credential was made from, as `provenance.ts` lists it; an empty list is written by nobody. */
export const isMadeFrom = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && areTexts(value);
