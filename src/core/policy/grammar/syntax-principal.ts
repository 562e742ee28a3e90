import type { PrincipalType } from '../document.ts';
import { refuseSyntax } from '../fault.ts';
import type { DraftPrincipal } from './draft.ts';
import type { JsonMember } from './json-node.ts';
import { readList } from './syntax-list.ts';

const TYPES: readonly PrincipalType[] = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

/** Reads Principal or NotPrincipal: `"*"`, or an object of kinds. @throws Refused with "Syntax errors in policy." */
export function readPrincipal(member: JsonMember, statementPath: string): DraftPrincipal {
  const path = `${statementPath}.${member.name}`;
  const { value, at } = member;
  const negated = member.name === 'NotPrincipal';
  if (value.kind === 'string' && value.text === '*')
    return { negated, at, path, everybody: true, byType: [] };
  if (value.kind !== 'object' || value.members.length === 0) {
    return refuseSyntax(value.at, path, 'a principal must be `"*"` or an object such as `{"AWS": "…"}`');
  }
  const byType = value.members.map((kind) => {
    const list = readList(kind, path, { negated, accepts: 'strings' });
    if (list.values.length === 0) refuseSyntax(kind.at, list.path, 'no principal is named');
    return { type: typeOf(kind, path), list };
  });
  return { negated, at, path, everybody: false, byType };
}

function typeOf(member: JsonMember, path: string): PrincipalType {
  const type = TYPES.find((known) => known === member.name);
  return type ?? refuseSyntax(member.at, path, `unknown kind of principal \`${member.name}\``);
}
