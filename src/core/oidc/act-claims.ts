/** What another issuer's token says of who acts for its subject, and who may. @see RFC 8693 sections 4.1 and 4.4 */
import { type Actor, type Delegation, MAX_ACTORS, NOBODY, type Party } from '../credentials/delegation.ts';
import { failure, type Result, success } from '../result.ts';
import type { Claims } from './id-token.ts';

const MAX_CHARACTERS = 255;

/**
 * Reads both claims. An `act` that cannot be read is refused, never left out: the session would hide who acts. A `may_act` that cannot be
 * read, or that asks for more than issuer and subject, lets nobody act.
 * @param claims - of a verified token
 * @returns null where the token says nothing of it, or a sentence saying what is wrong
 */
export function readDelegation(claims: Claims): Result<Delegation | null, string> {
  const { act, may_act: mayAct, iss } = claims;
  if (act === undefined && mayAct === undefined) return success(null);
  const issuer = typeof iss === 'string' ? iss : '';
  const actors = readActors(act, issuer);
  if (actors === null) return failure('the act claim of the token cannot be read');
  return success({ actors, mayAct: mayAct === undefined ? null : readMayAct(mayAct, issuer) });
}

function readActors(act: unknown, issuer: string): readonly Actor[] | null {
  const actors: Actor[] = [];
  for (let claim = act; claim !== undefined; claim = Object(claim).act) {
    const party = readParty(claim, issuer);
    if (party === null || actors.length >= MAX_ACTORS) return null;
    actors.push(party);
  }
  return actors;
}

function readMayAct(claim: unknown, issuer: string): Party {
  const understood = Object.keys(Object(claim)).every((name) => name === 'iss' || name === 'sub');
  return (understood ? readParty(claim, issuer) : null) ?? NOBODY;
}

/** Without an issuer of its own a party is one of the token's. */
function readParty(claim: unknown, tokenIssuer: string): Party | null {
  if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) return null;
  const { iss = tokenIssuer, sub } = claim as { readonly iss?: unknown; readonly sub?: unknown }; // an object of anything
  return isName(iss) && isName(sub) ? { issuer: iss, subject: sub } : null;
}

const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= MAX_CHARACTERS;
