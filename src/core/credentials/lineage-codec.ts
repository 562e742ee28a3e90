/** A lineage as compact JSON and back; part of `session-codec`, under its rules. */
import type { Ancestor, Lineage, Origin } from './lineage.ts';

/** An empty role id stands for none. */
type PackedAncestor = readonly [
  sessionId: string,
  issuedAtSeconds: number,
  roleId: string,
  sourceIdentity: 0 | 1,
];

/** First who stands at the beginning: nobody, 1 for root, a user by its id, or provider and subject; then the sessions, oldest first. */
export type PackedLineage = readonly [
  origin: 1 | readonly [] | readonly [userId: string] | readonly [provider: string, subject: string],
  ...ancestors: PackedAncestor[],
];

export const packLineage = ({ origin, ancestors }: Lineage): PackedLineage => [
  packOrigin(origin),
  ...ancestors.map(
    (each) => [each.sessionId, each.issuedAtSeconds, each.roleId ?? '', each.sourceIdentity ? 1 : 0] as const,
  ),
];

function packOrigin(origin: Origin | null): PackedLineage[0] {
  if (origin === null) return [];
  if (origin.type === 'root') return 1;
  return origin.type === 'user' ? [origin.userId] : [origin.provider, origin.subject];
}

/** @param packed - as `isPackedLineage` has found it good */
export const unpackLineage = ([origin, ...ancestors]: PackedLineage): Lineage => ({
  origin: unpackOrigin(origin),
  ancestors: ancestors.map(
    ([sessionId, issuedAtSeconds, roleId, sourceIdentity]): Ancestor => ({
      sessionId,
      issuedAtSeconds,
      roleId: roleId === '' ? null : roleId,
      sourceIdentity: sourceIdentity === 1,
    }),
  ),
});

function unpackOrigin(packed: PackedLineage[0]): Origin | null {
  if (packed === 1) return { type: 'root' };
  const [first, subject] = packed;
  if (first === undefined) return null;
  return subject === undefined
    ? { type: 'user', userId: first }
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
  (Array.isArray(value) && value.length <= 2 && value.every((each) => typeof each === 'string'));

const isAncestor = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length === 4 &&
  typeof value[0] === 'string' &&
  Number.isSafeInteger(value[1]) &&
  typeof value[2] === 'string' &&
  (value[3] === 0 || value[3] === 1);
