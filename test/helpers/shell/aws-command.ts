/** `aws SERVICE ACTION --options` as the AWS CLI reads it, sent by the AWS SDK for JavaScript. */
import { writeFileSync } from 'node:fs';
import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import { type Model, type ModelShape, readModel, shapeOf } from '../../core/aws-query/model.ts';
import type { Credentials, Daypass } from '../daypass.ts';

type Send = (input: Record<string, unknown>) => Promise<unknown>;

/** How the CLI spells names of the API: `CreateOpenIDConnectProvider` → `create-open-id-connect-provider`. */
const dashed = (name: string): string =>
  name
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase();

/**
 * Runs one command. @param words - after `aws`
 * @returns what the CLI prints: JSON, or text where asked for
 * @throws the SDK's error
 */
export async function awsCommand(
  daypass: Daypass,
  words: readonly string[],
  credentials: Credentials,
): Promise<string> {
  const [service = '', command = '', ...options] = words;
  if (service !== 'iam' && service !== 'sts') throw new Error(`no such service: ${service}`);
  const model = readModel(service);
  const action = Object.keys(model.operations).find((name) => dashed(name) === command);
  if (action === undefined) throw new Error(`no such command: ${command}`);
  const { own, others } = withoutFileOptions(action, options);
  const { input, query, output } = readOptions(model, model.operations[action]?.input ?? null, others);
  const answer = await sender(daypass, service, action, credentials)(input);
  writeSeed(answer, own);
  const picked = query === null ? answer : pick(answer, query);
  return output === 'text' ? textOf(picked) : JSON.stringify(picked);
}

/** The CLI writes the seed of a new virtual device to a file, and says nothing of it. */
function withoutFileOptions(action: string, options: readonly string[]) {
  const groups = grouped(options);
  const isOwn = ([name]: readonly [string, string[]]): boolean =>
    action === 'CreateVirtualMFADevice' && (name === 'outfile' || name === 'bootstrap-method');
  return {
    own: new Map(groups.filter(isOwn).map(([name, [value = '']]) => [name, value])),
    others: groups.filter((group) => !isOwn(group)).flatMap(([name, values]) => [`--${name}`, ...values]),
  };
}

function writeSeed(answer: unknown, own: ReadonlyMap<string, string>): void {
  const path = own.get('outfile');
  if (path === undefined) return;
  const { VirtualMFADevice: device } = answer as { VirtualMFADevice: Record<string, unknown> }; // of the one action that has a file
  writeFileSync(path, device[own.get('bootstrap-method') ?? ''] as Uint8Array); // a blob, by AWS's model
  delete device.Base32StringSeed;
  delete device.QRCodePNG;
}

function sender(daypass: Daypass, service: 'iam' | 'sts', action: string, credentials: Credentials): Send {
  const commands = { iam, sts }[service] as unknown as Record<string, new (input: object) => never>; // by name, as the CLI
  const Command = commands[`${action}Command`];
  if (Command === undefined) throw new Error(`the SDK cannot send ${action}`);
  return service === 'iam'
    ? (input) => daypass.iam(credentials).send(new Command(input))
    : (input) => daypass.sts(credentials).send(new Command(input));
}

function readOptions(model: Model, inputShape: string | null, options: readonly string[]) {
  const members = inputShape === null ? {} : (shapeOf(model, inputShape).members ?? {});
  const input: Record<string, unknown> = {};
  let query: string | null = null;
  let output = 'json';
  for (const [option, values] of grouped(options)) {
    const [value = ''] = values;
    if (option === 'query') query = value;
    else if (option === 'output') output = value;
    else {
      const member = Object.keys(members).find((name) => dashed(name) === option.replace(/^no-/, ''));
      const shape = member === undefined ? undefined : members[member];
      if (member === undefined || shape === undefined) throw new Error(`no such option: --${option}`);
      input[member] = optionValue(model, shapeOf(model, shape), values, !option.startsWith('no-'));
    }
  }
  return { input, query, output };
}

function grouped(options: readonly string[]): Array<readonly [string, string[]]> {
  const groups: Array<readonly [string, string[]]> = [];
  for (const word of options) {
    if (word.startsWith('--')) groups.push([word.slice(2), []]);
    else groups.at(-1)?.[1].push(word);
  }
  return groups;
}

function optionValue(model: Model, shape: ModelShape, values: readonly string[], flag: boolean): unknown {
  const [value = ''] = values;
  if (shape.type === 'boolean') return values.length === 0 ? flag : value === 'true';
  if (shape.type === 'integer') return Number(value);
  if (shape.type !== 'list') return value;
  const entry = shapeOf(model, shape.member ?? '');
  return values.map((each) => (entry.type === 'structure' ? shorthand(each) : each));
}

/** `Key=team,Value=reports` */
const shorthand = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(text.split(',').map((pair) => pair.split(/=(.*)/s).slice(0, 2)));

/** As much of JMESPath as the pages use: `A.B`, `A.[B,C]`, `A[*].[B,C]`. */
function pick(value: unknown, query: string): unknown {
  const [, head = '', rest] = /^(\[[^\]]*\]|\w+(?:\[\*\])?)(?:\.(.+))?$/s.exec(query) ?? [];
  if (head === '') throw new Error(`not understood: --query ${query}`);
  if (head.startsWith('['))
    return head
      .slice(1, -1)
      .split(',')
      .map((name) => pick(value, name.trim()));
  const name = head.replace('[*]', '');
  const found = (value as Record<string, unknown>)[name]; // a member of the SDK's answer
  if (rest === undefined) return found;
  return head.endsWith('[*]') ? (found as unknown[]).map((each) => pick(each, rest)) : pick(found, rest);
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (!Array.isArray(value)) return String(value);
  return value.every((each) => Array.isArray(each)) ? value.map(textOf).join('\n') : value.join('\t');
}
