/** Which services an entity's policies could give access to, and what is known of their use. */
import { parseIamArn } from '../../../../core/arn.ts';
import { Fault } from '../../../../core/faults.ts';
import { listOf, type PolicyDocument } from '../../../../core/policy/document.ts';
import { readPolicyText } from '../../../../core/policy/parse.ts';
import type { AccessUse } from '../../../../core/repositories/access-details.ts';
import type { PolicyOwner } from '../../../../core/repositories/owner.ts';
import type { Deps } from '../../../../usecases/deps.ts';
import { requirePolicySource } from '../../../../usecases/policy-source.ts';
import { grantsService } from '../policies/grants-service.ts';

const OWNER_TYPES: readonly PolicyOwner['type'][] = ['user', 'group', 'role'];
/** What Daypass itself serves: an `*` means them too. Of other services it knows those that policies name or somebody used. */
const OWN_SERVICES = ['daypass', 'iam', 'sts'];

const NAMES: ReadonlyMap<string, string> = new Map([
  ['daypass', 'Daypass'],
  ['iam', 'AWS Identity and Access Management'],
  ['sts', 'AWS Security Token Service'],
]);

/** A service as people call it; of one that Daypass does not serve it knows the namespace alone. */
export const serviceName = (namespace: string): string => NAMES.get(namespace) ?? namespace;

/**
 * The documents that speak for an entity, or the policy's own.
 * @throws Fault `no_such_entity`, `invalid_input`
 */
export async function documentsOf(
  entityArn: string,
  accountId: string,
  deps: Deps,
): Promise<readonly PolicyDocument[]> {
  const named = parseIamArn(entityArn);
  if (named?.kind === 'policy') {
    const { defaultVersion } = await deps.policies.require(accountId, entityArn);
    return readable([(await deps.policies.requireVersion(accountId, entityArn, defaultVersion)).document]);
  }
  const type = OWNER_TYPES.find((each) => each === named?.kind);
  if (named === null || type === undefined) {
    throw new Fault('invalid_input', `\`${entityArn}\` is not the ARN of a user, group, role or policy`);
  }
  await requirePolicySource(entityArn, accountId, deps);
  const held = await deps.accountDetails.policiesOf(accountId, { type, name: named.name });
  return readable(held.map(({ document }) => document));
}

/** What cannot be read grants nothing. */
const readable = (texts: readonly string[]): readonly PolicyDocument[] =>
  texts.flatMap((text) => {
    const read = readPolicyText(text, 'identity');
    return read.ok ? [read.value] : [];
  });

/** @returns namespaces that the documents allow something of, in order */
export function allowedServices(
  documents: readonly PolicyDocument[],
  uses: readonly AccessUse[],
): readonly string[] {
  const known = new Set([
    ...OWN_SERVICES,
    ...documents.flatMap(namedServices),
    ...uses.map(({ service }) => service),
  ]);
  return [...known]
    .filter((service) => documents.some((document) => grantsService(document, service)))
    .sort();
}

/** Namespaces before the colon of an action, where they have no wildcard. */
const namedServices = ({ Statement }: PolicyDocument): readonly string[] =>
  Statement.flatMap(({ Action, NotAction }) => [...listOf(Action), ...listOf(NotAction)])
    .map((pattern) => /^([\w-]{1,64}):/.exec(pattern)?.[1]?.toLowerCase())
    .filter((service) => service !== undefined);
