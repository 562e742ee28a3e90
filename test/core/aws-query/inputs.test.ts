/** Every implemented action takes what AWS's model lets in and refuses what it does not, at each bound. */
import { describe, expect, test } from 'vitest';
import { iam } from '../../../src/doors/aws/iam/index.ts';
import { nestParameters } from '../../../src/doors/aws/query/decode.ts';
import { type Fields, readInput } from '../../../src/doors/aws/query/field.ts';
import type { QueryApi } from '../../../src/doors/aws/query/service.ts';
import { sts } from '../../../src/doors/aws/sts/index.ts';
import { type Model, type ModelShape, oddTextsOf, readModel, shapeOf, textOf } from './model.ts';

/** Complaints of an action about one parameter, given as wire pairs. */
type Ask = (pairs: readonly (readonly [string, string])[]) => readonly string[];

/** Where an action departs from the model on purpose, by the beginning of the finding. */
const ON_PURPOSE: readonly string[] = [
  // `Expired` is a state of service-specific credentials, which share the enumeration.
  'UpdateAccessKey.Status: refuses Expired',
  // A policy is attached to no policy.
  'ListEntitiesForPolicy.EntityFilter: refuses LocalManagedPolicy',
  'ListEntitiesForPolicy.EntityFilter: refuses AWSManagedPolicy',
  // The model knows but the length of an algorithm's name; its documentation knows the two names.
  'GetWebIdentityToken.SigningAlgorithm: refuses its shortest',
  'GetWebIdentityToken.SigningAlgorithm: refuses its longest',
  // A name longer than any user's finds no user, as in the siblings of these actions.
  'AttachUserPolicy.UserName: takes a longer one',
  'DetachUserPolicy.UserName: takes a longer one',
  'ListAttachedUserPolicies.UserName: takes a longer one',
];

const wordsOf = (fields: Fields, name: string): Ask => {
  const field = fields[name];
  if (field === undefined) return () => ['not read'];
  return (pairs) => {
    const read = readInput({ [name]: field }, nestParameters(new Map(pairs)));
    return read.ok ? [] : read.failure.problems.map((problem) => problem.constraint);
  };
};

/** One row for each parameter: what was accepted and should not be, or refused and should be taken. */
function findings(model: Model, name: string, ask: Ask, at: string, shape: ModelShape): string[] {
  const wrong: string[] = [];
  const takes = (what: string, value: string) => {
    const problems = ask([[at, value]]);
    if (problems.length > 0) wrong.push(`${name}: refuses ${what}: ${problems.join('; ')}`);
  };
  const refuses = (what: string, value: string) => {
    if (ask([[at, value]]).length === 0) wrong.push(`${name}: takes ${what}`);
  };
  if (shape.enum !== undefined) {
    for (const word of shape.enum) takes(word, word);
    refuses('another word', 'Nonesuch');
    return wrong;
  }
  switch (shape.type) {
    case 'string':
      checkText(shape, takes, refuses);
      return wrong;
    case 'integer':
    case 'long':
      if (shape.min !== undefined) {
        takes('its least', String(shape.min));
        refuses('less than its least', String(shape.min - 1));
      }
      if (shape.max !== undefined) {
        takes('its most', String(shape.max));
        refuses('more than its most', String(shape.max + 1));
      }
      refuses('a text', 'x');
      refuses('a fraction', '1.5');
      return wrong;
    case 'boolean':
      takes('true', 'true');
      takes('false', 'false');
      refuses('a word', 'yes');
      return wrong;
    case 'list':
      return listFindings(model, name, ask, at, shape);
    default:
      return [`${name}: nothing checks the type ${shape.type}`];
  }
}

function checkText(
  shape: ModelShape,
  takes: (what: string, value: string) => void,
  refuses: (what: string, value: string) => void,
): void {
  const shortest = textOf(shape, shape.min ?? 1);
  if (shortest !== null) takes('its shortest', shortest);
  const tooShort = textOf(shape, (shape.min ?? 0) - 1);
  if (tooShort !== null) refuses('a shorter one', tooShort);
  if (shape.max !== undefined) {
    const longest = textOf(shape, shape.max);
    if (longest !== null) takes('its longest', longest);
    refuses('a longer one', textOf(shape, shape.max + 1) ?? 'a'.repeat(shape.max + 1));
  }
  for (const odd of oddTextsOf(shape)) refuses(JSON.stringify(odd), odd);
}

function listFindings(model: Model, name: string, ask: Ask, at: string, shape: ModelShape): string[] {
  const entry = shapeOf(model, shape.member ?? '');
  if (entry.type === 'structure') return structureFindings(model, name, ask, `${at}.member.1`, entry);
  const wrong = findings(model, `${name}[]`, (pairs) => ask(pairs), `${at}.member.1`, entry);
  const text = entry.enum?.[0] ?? textOf(entry, entry.min ?? 1);
  if (text === null || shape.max === undefined) return wrong;
  const pairs = Array.from({ length: shape.max + 1 }, (_, i) => [`${at}.member.${i + 1}`, text] as const);
  if (ask(pairs.slice(0, shape.max)).length > 0) wrong.push(`${name}: refuses ${shape.max} entries`);
  if (ask(pairs).length === 0) wrong.push(`${name}: takes more than ${shape.max} entries`);
  return wrong;
}

/** Members of a structure in a list: each is varied while the others are as they should be. */
function structureFindings(model: Model, name: string, ask: Ask, at: string, shape: ModelShape): string[] {
  const members = Object.entries(shape.members ?? {}).map(
    ([member, of]) => [member, shapeOf(model, of)] as const,
  );
  const scalars = members.filter(([, of]) => of.type !== 'list' && of.type !== 'structure');
  const good = scalars.map(
    ([member, of]) => [`${at}.${member}`, of.enum?.[0] ?? textOf(of, of.min ?? 1) ?? ''] as const,
  );
  return scalars.flatMap(([member, of]) => {
    const others = good.filter(([path]) => path !== `${at}.${member}`);
    return findings(model, `${name}.${member}`, (pairs) => ask([...others, ...pairs]), `${at}.${member}`, of);
  });
}

function actionFindings(api: QueryApi, model: Model, action: string): string[] {
  const fields = api.actions.get(action)?.input ?? {};
  const input = model.operations[action]?.input;
  if (input === null || input === undefined) return Object.keys(fields);
  const { members = {}, required = [] } = shapeOf(model, input);
  return Object.entries(members).flatMap(([member, shapeName]) => {
    const name = `${action}.${member}`;
    const ask = wordsOf(fields, member);
    const needed = ask([]).length > 0;
    const found = findings(model, name, ask, member, shapeOf(model, shapeName));
    if (needed !== required.includes(member))
      found.push(`${name}: ${needed ? 'required' : 'optional'} against the model`);
    return found.filter((finding) => !ON_PURPOSE.some((known) => finding.startsWith(known)));
  });
}

describe.each([
  ['iam', iam],
  ['sts', sts],
] as const)('inputs of %s', (service, api) => {
  const model = readModel(service);
  const modelled = [...api.actions.keys()].filter((name) => model.operations[name] !== undefined);

  test('are modelled, but for the actions younger than the model', () => {
    const younger = [...api.actions.keys()].filter((name) => model.operations[name] === undefined);
    expect(younger.filter((name) => name !== 'GetScopedCredentials')).toEqual([]);
  });

  test.each(modelled)('%s keeps to the model at every bound', (action) => {
    expect(actionFindings(api, model, action)).toEqual([]);
  });
});
