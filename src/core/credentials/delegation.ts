/**
 * Who acts for whom. A session that somebody else acts in carries who that is, in each of its forms, so that no way of asking drops it.
 * @see RFC 8693 sections 4.1 and 4.4
 */
import { failure, type Result, success } from '../result.ts';

/** Whom `act` and `may_act` name. */
export interface Party {
  readonly issuer: string;
  readonly subject: string;
}

export interface Actor extends Party {
  /** ARN of a principal of ours; absent for whom somebody else's token names. */
  readonly arn?: string;
}

export interface Delegation {
  /** Who acts now, then who acted before; empty where nobody does yet. */
  readonly actors: readonly Actor[];
  /** The only one that may begin to act; null where nothing is said. */
  readonly mayAct: Party | null;
}

/** So many may act one for the other. Each costs a token some hundred bytes. */
export const MAX_ACTORS = 4;

/** A `may_act` that cannot be understood: it names somebody, and nobody is they. */
export const NOBODY: Party = { issuer: '', subject: '' };

/** @returns the delegation once another acts in it; fails where `may_act` names somebody else, or too many act already */
export function actedBy(
  before: Delegation | undefined,
  actor: Actor,
): Result<Delegation, 'not_named' | 'too_many'> {
  const { actors = [], mayAct = null } = before ?? {};
  const isNamed = mayAct === null || (mayAct.issuer === actor.issuer && mayAct.subject === actor.subject);
  if (!isNamed) return failure('not_named');
  return actors.length >= MAX_ACTORS ? failure('too_many') : success({ actors: [actor, ...actors], mayAct });
}

/** The claim `act`: who acts now, and within it who acted before. */
export interface ActClaim {
  readonly iss: string;
  readonly sub: string;
  readonly daypass?: { readonly arn: string };
  readonly act?: ActClaim;
}

/** The claims of a token about a delegation; none where nobody acts and nobody is named. */
export function delegationClaims(delegation: Delegation | undefined): {
  readonly act?: ActClaim;
  readonly may_act?: { readonly iss: string; readonly sub: string };
} {
  const { actors = [], mayAct = null } = delegation ?? {};
  const act = actClaim(actors);
  return {
    ...(act !== null && { act }),
    ...(mayAct !== null && { may_act: { iss: mayAct.issuer, sub: mayAct.subject } }),
  };
}

function actClaim([actor, ...before]: readonly Actor[]): ActClaim | null {
  if (actor === undefined) return null;
  const act = actClaim(before);
  return {
    iss: actor.issuer,
    sub: actor.subject,
    ...(actor.arn !== undefined && { daypass: { arn: actor.arn } }),
    ...(act !== null && { act }),
  };
}
