/** Every implemented action answers in the shape of AWS's model: names, types, and what must always be there. */
import { describe, expect, test } from 'vitest';
import { iam } from '../../../src/doors/aws/iam/index.ts';
import type { QueryApi } from '../../../src/doors/aws/query/service.ts';
import { type Layout, nothing, type OutputMembers } from '../../../src/doors/aws/query/shape.ts';
import { sts } from '../../../src/doors/aws/sts/index.ts';
import { type Model, type ModelShape, readModel, shapeOf } from './model.ts';

/** Which types of the model each layout writes. */
const TYPES: Readonly<Record<Extract<Layout, string>, readonly string[]>> = {
  text: ['string'],
  number: ['integer', 'long'],
  flag: ['boolean'],
  moment: ['timestamp'],
  blob: ['blob'],
};

/** Members of today's API that the kept model is too old for, in every action that returns credentials. */
const YOUNGER: readonly string[] = ['SessionTokenUtilization', 'SessionTokenSize'];

function layoutFindings(model: Model, at: string, layout: Layout, shape: ModelShape): string[] {
  if (typeof layout === 'string')
    return TYPES[layout].includes(shape.type) ? [] : [`${at}: ${layout} instead of ${shape.type}`];
  if ('list' in layout)
    return shape.type === 'list'
      ? layoutFindings(model, `${at}[]`, layout.list, shapeOf(model, shape.member ?? ''))
      : [`${at}: a list instead of ${shape.type}`];
  if ('map' in layout)
    return shape.type === 'map'
      ? layoutFindings(model, `${at}{}`, layout.map, shapeOf(model, shape.value ?? ''))
      : [`${at}: a map instead of ${shape.type}`];
  return shape.type === 'structure'
    ? membersFindings(model, at, layout.members, shape)
    : [`${at}: a structure instead of ${shape.type}`];
}

function membersFindings(model: Model, at: string, members: OutputMembers, shape: ModelShape): string[] {
  const { members: modelled = {}, required = [] } = shape;
  const missing = required
    .filter((name) => members[name] === undefined || members[name].maybe)
    .map((name) => `${at}.${name}: not always there`);
  const wrong = Object.entries(members).flatMap(([name, { layout }]) => {
    const path = `${at}.${name}`;
    const of = modelled[name];
    if (of === undefined) return YOUNGER.includes(name) ? [] : [`${path}: not in the model`];
    return layoutFindings(model, path, layout, shapeOf(model, of));
  });
  return [...missing, ...wrong];
}

function actionFindings(api: QueryApi, model: Model, name: string): string[] {
  const output = api.actions.get(name)?.output ?? nothing;
  const modelled = model.operations[name]?.output ?? null;
  if (output === nothing || modelled === null)
    return (output === nothing) === (modelled === null) ? [] : [`${name}: answers against the model`];
  return membersFindings(model, name, output, shapeOf(model, modelled));
}

describe.each([
  ['iam', iam],
  ['sts', sts],
] as const)('outputs of %s', (service, api) => {
  const model = readModel(service);

  test.each([...api.actions.keys()].filter((name) => model.operations[name] !== undefined))(
    '%s answers in its modelled shape',
    (name) => {
      expect(actionFindings(api, model, name)).toEqual([]);
    },
  );
});
