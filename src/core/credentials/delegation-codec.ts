/** A delegation as compact JSON and back; part of `session-codec`, under its rules. */
import type { Actor, Delegation, Party } from './delegation.ts';

type PackedActor =
  | readonly [issuer: string, subject: string]
  | readonly [issuer: string, subject: string, arn: string];

/** First the only one that may act, or an empty list; then who acts now, and who acted before. */
export type PackedDelegation = readonly [
  mayAct: readonly [] | readonly [issuer: string, subject: string],
  ...actors: PackedActor[],
];

export const packDelegation = ({ actors, mayAct }: Delegation): PackedDelegation => [
  mayAct === null ? [] : [mayAct.issuer, mayAct.subject],
  ...actors.map(
    ({ issuer, subject, arn }): PackedActor =>
      arn === undefined ? [issuer, subject] : [issuer, subject, arn],
  ),
];

/** @param packed - as `isPackedDelegation` has found it good */
export const unpackDelegation = ([mayAct, ...actors]: PackedDelegation): Delegation => ({
  actors: actors.map(
    ([issuer, subject, arn]): Actor => ({ issuer, subject, ...(arn !== undefined && { arn }) }),
  ),
  mayAct: unpackParty(mayAct),
});

function unpackParty([issuer, subject]: PackedDelegation[0]): Party | null {
  return issuer === undefined || subject === undefined ? null : { issuer, subject };
}

export function isPackedDelegation(value: unknown): value is PackedDelegation {
  if (!Array.isArray(value)) return false;
  const [mayAct, ...actors] = value as readonly unknown[]; // a list of anything
  if (!isTexts(mayAct, [0, 2]) || !actors.every((actor) => isTexts(actor, [2, 3]))) return false;
  // One that says nothing is written by nobody.
  return actors.length > 0 || (mayAct as readonly unknown[]).length > 0; // a list: just checked
}

const isTexts = (value: unknown, lengths: readonly number[]): boolean =>
  Array.isArray(value) && lengths.includes(value.length) && value.every((each) => typeof each === 'string');
