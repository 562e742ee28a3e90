/**
 * Reads a document of mapping rules:
 * `{ "Rules": [{ "Sid"?, "Effect", "Condition"?, "Roles"?, "Continue"?, "Mode"? }], "Default"?: { "Roles" } }`.
 */
import { parseIamArn } from '../arn.ts';
import { compileClause } from '../policy/conditions/clause.ts';
import { faultOf, type PolicyFault, Refused, refuseSyntax } from '../policy/fault.ts';
import type { JsonMember, JsonNode } from '../policy/grammar/json-node.ts';
import { readJson } from '../policy/grammar/json-reader.ts';
import { readConditions } from '../policy/grammar/syntax-condition.ts';
import { readList } from '../policy/grammar/syntax-list.ts';
import { failure, type Result, success } from '../result.ts';
import type { MappingRule, MappingRules } from './mapping-rules.ts';

/** The longest document. */
export const MAX_RULES_CHARACTERS = 20_480;
const MAX_RULES = 100;
const MAX_ROLES = 20;
const MAX_SID_CHARACTERS = 128;

/**
 * @param accountId - the provider's account: a rule gives roles of its own account alone
 * @returns the rules, or what is wrong and where
 */
export function parseMappingRules(text: string, accountId: string): Result<MappingRules, PolicyFault> {
  try {
    if (text.length > MAX_RULES_CHARACTERS)
      refuseSyntax(0, '', `mapping rules have at most ${MAX_RULES_CHARACTERS} characters`);
    const read = readJson(text);
    if (!read.ok) return refuseSyntax(read.failure.at, '', read.failure.problem);
    return success(readDocument(read.value, accountId));
  } catch (error) {
    if (error instanceof Refused) return failure(faultOf(error.flaw, text));
    throw error;
  }
}

function readDocument(node: JsonNode, accountId: string): MappingRules {
  const members = membersOf(node, '', ['Rules', 'Default']);
  const list = members.get('Rules');
  if (list?.value.kind !== 'array')
    return refuseSyntax(list?.at ?? node.at, 'Rules', '`Rules` must be a list');
  if (list.value.items.length > MAX_RULES)
    refuseSyntax(list.at, 'Rules', `there are at most ${MAX_RULES} rules`);
  const rules = list.value.items.map((item, index) => readRule(item, index, accountId));
  const byDefault = members.get('Default');
  return { rules, defaultRoles: byDefault === undefined ? [] : readDefault(byDefault, accountId) };
}

function readDefault({ value }: JsonMember, accountId: string): readonly string[] {
  const roles = membersOf(value, 'Default', ['Roles']).get('Roles');
  return roles === undefined
    ? refuseSyntax(value.at, 'Default', '`Default` must have `Roles`; leave it out to refuse')
    : readRoles(roles, 'Default', accountId);
}

function readRule(node: JsonNode, index: number, accountId: string): MappingRule {
  const path = `Rules[${index}]`;
  const members = membersOf(node, path, ['Sid', 'Effect', 'Condition', 'Roles', 'Continue', 'Mode']);
  const effect = choice(members, 'Effect', path, ['Allow', 'Deny']);
  if (effect === null) return refuseSyntax(node.at, path, '`Effect` must be `Allow` or `Deny`');
  const roles = members.get('Roles');
  if (effect === 'Allow' && roles === undefined) refuseSyntax(node.at, path, 'an Allow must have `Roles`');
  if (effect === 'Deny' && (roles !== undefined || members.has('Continue')))
    refuseSyntax(node.at, path, 'a Deny has neither `Roles` nor `Continue`');
  return {
    index,
    sid: readSid(members, path),
    effect,
    audits: choice(members, 'Mode', path, ['Enforce', 'Audit']) === 'Audit',
    continues: readFlag(members.get('Continue'), path),
    clauses: readClauses(members.get('Condition'), path, effect),
    roles: roles === undefined ? [] : readRoles(roles, path, accountId),
  };
}

function readClauses(member: JsonMember | undefined, path: string, effect: 'Allow' | 'Deny') {
  return readConditions(member, path).map(({ operator, key, list }) => {
    const wanted = list.values.map(({ text }) => text);
    const clause = compileClause(operator, key, wanted, { expandsVariables: true, effect });
    return clause ?? refuseSyntax(list.at, list.path, `unknown condition operator \`${operator}\``);
  });
}

function readRoles(member: JsonMember, path: string, accountId: string): readonly string[] {
  const { values } = readList(member, path, { negated: false, accepts: 'strings' });
  if (values.length === 0 || values.length > MAX_ROLES)
    refuseSyntax(member.at, `${path}.Roles`, `\`Roles\` has 1 to ${MAX_ROLES} ARNs`);
  for (const { text, at, path: place } of values) {
    const role = parseIamArn(text);
    if (role?.kind !== 'role' || role.accountId !== accountId)
      refuseSyntax(at, place, `\`${text}\` is not the ARN of a role of this account`);
  }
  return [...new Set(values.map(({ text }) => text))];
}

type Members = ReadonlyMap<string, JsonMember>;

function membersOf(node: JsonNode, path: string, known: readonly string[]): Members {
  if (node.kind !== 'object') return refuseSyntax(node.at, path, 'an object is expected');
  for (const { name, at } of node.members) {
    if (!known.includes(name)) refuseSyntax(at, path, `unknown element \`${name}\``);
  }
  return new Map(node.members.map((member) => [member.name, member]));
}

function choice<const T extends string>(members: Members, name: string, path: string, among: readonly T[]) {
  const member = members.get(name);
  if (member === undefined) return null;
  const { value } = member;
  const found = value.kind === 'string' ? among.find((each) => each === value.text) : undefined;
  return found ?? refuseSyntax(member.at, path, `\`${name}\` must be one of ${among.join(', ')}`);
}

function readFlag(member: JsonMember | undefined, path: string): boolean {
  if (member === undefined) return false;
  if (member.value.kind !== 'boolean')
    return refuseSyntax(member.at, path, `\`${member.name}\` must be true or false`);
  return member.value.text === 'true';
}

function readSid(members: Members, path: string): string | null {
  const member = members.get('Sid');
  if (member === undefined) return null;
  const { value } = member;
  if (value.kind === 'string' && value.text !== '' && value.text.length <= MAX_SID_CHARACTERS)
    return value.text;
  return refuseSyntax(member.at, path, `\`Sid\` must be a text of 1 to ${MAX_SID_CHARACTERS} characters`);
}
