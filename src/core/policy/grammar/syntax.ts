/** The shape of a policy document: which elements there are, and what each may hold. */
import type { PolicyVersion } from '../document.ts';
import { refuseSyntax } from '../fault.ts';
import type { Draft, DraftList, DraftStatement, Located } from './draft.ts';
import type { JsonMember, JsonNode } from './json-node.ts';
import { readConditions } from './syntax-condition.ts';
import { readList } from './syntax-list.ts';
import { readPrincipal } from './syntax-principal.ts';

const DOCUMENT_ELEMENTS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/**
 * Reads a document's shape.
 * @throws Refused with AWS's "Syntax errors in policy."
 * @see IAM User Guide, reference_policies_grammar
 */
export function readDraft(node: JsonNode): Draft {
  const members = membersOf(node, '', 'the document must be an object', DOCUMENT_ELEMENTS);
  const id = members.get('Id');
  return {
    at: node.at,
    version: readVersion(members.get('Version')),
    id: id === undefined ? null : readText(id, 'Id').text,
    statements: readStatements(node, members.get('Statement')),
  };
}

function membersOf(
  node: JsonNode,
  path: string,
  problem: string,
  known: ReadonlySet<string>,
): ReadonlyMap<string, JsonMember> {
  if (node.kind !== 'object') return refuseSyntax(node.at, path, problem);
  const members = new Map<string, JsonMember>();
  for (const member of node.members) {
    if (!known.has(member.name)) refuseSyntax(member.at, path, `unknown element \`${member.name}\``);
    members.set(member.name, member);
  }
  return members;
}

function readVersion(member: JsonMember | undefined): PolicyVersion | null {
  if (member === undefined) return null;
  const { text } = readText(member, 'Version');
  if (text === '2012-10-17' || text === '2008-10-17') return text;
  return refuseSyntax(member.at, 'Version', 'the version must be `2012-10-17` or `2008-10-17`');
}

function readText(member: JsonMember, path: string): Located {
  const { value } = member;
  if (value.kind !== 'string') return refuseSyntax(value.at, path, `\`${member.name}\` must be a string`);
  return { text: value.text, at: value.at, path };
}

function readStatements(document: JsonNode, member: JsonMember | undefined): readonly DraftStatement[] {
  if (member === undefined) return refuseSyntax(document.at, '', '`Statement` is missing');
  const { value } = member;
  if (value.kind === 'object') return [readStatement(value, 'Statement')];
  if (value.kind !== 'array' || value.items.length === 0) {
    return refuseSyntax(value.at, 'Statement', '`Statement` must be an object or a list of at least one');
  }
  return value.items.map((item, index) => readStatement(item, `Statement[${index}]`));
}

function readStatement(node: JsonNode, path: string): DraftStatement {
  const members = membersOf(node, path, 'a statement must be an object', STATEMENT_ELEMENTS);
  const sid = members.get('Sid');
  const principal = oneOfPair(members, 'Principal', 'NotPrincipal', path);
  return {
    at: node.at,
    path,
    sid: sid === undefined ? null : readText(sid, `${path}.Sid`),
    effect: readEffect(node, members.get('Effect'), path),
    principal: principal === null ? null : readPrincipal(principal, path),
    action: listOfPair(members, 'Action', 'NotAction', path),
    resource: listOfPair(members, 'Resource', 'NotResource', path),
    conditions: readConditions(members.get('Condition'), path),
  };
}

function readEffect(statement: JsonNode, member: JsonMember | undefined, path: string): Located {
  if (member === undefined) return refuseSyntax(statement.at, path, '`Effect` is missing');
  const effect = readText(member, `${path}.Effect`);
  const folded = effect.text.toLowerCase();
  if (folded === 'allow' || folded === 'deny') return effect;
  return refuseSyntax(effect.at, effect.path, '`Effect` must be `Allow` or `Deny`');
}

/** Finds the one present member of an exclusive pair. */
function oneOfPair(
  members: ReadonlyMap<string, JsonMember>,
  plain: string,
  negated: string,
  path: string,
): JsonMember | null {
  const [one, other] = [members.get(plain), members.get(negated)];
  if (one !== undefined && other !== undefined) {
    return refuseSyntax(other.at, path, `\`${plain}\` and \`${negated}\` exclude each other`);
  }
  return one ?? other ?? null;
}

function listOfPair(
  members: ReadonlyMap<string, JsonMember>,
  plain: 'Action' | 'Resource',
  negated: string,
  path: string,
): DraftList | null {
  const member = oneOfPair(members, plain, negated, path);
  if (member === null) return null;
  // AWS lets a null among the resources pass, and ignores it.
  return readList(member, path, {
    negated: member.name === negated,
    accepts: plain === 'Resource' ? 'nulls' : 'strings',
  });
}
