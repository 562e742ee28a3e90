/** Input fields of the instance actions, and what policies are asked about. */
import { instanceArn } from '../../../../core/arn.ts';
import { tagContext } from '../../../../core/context/identity-context.ts';
import type { ContextEntry } from '../../../../core/context/request-context.ts';
import type { TagRecord } from '../../../../core/repositories/change.ts';
import type { InstanceRecord } from '../../../../core/repositories/instances.ts';
import type { Caller } from '../../../../usecases/caller.ts';
import type { Deps } from '../../../../usecases/deps.ts';
import type { Target } from '../../query/action.ts';
import { pattern, string } from '../../query/kinds.ts';

/** An instance's id, `i-` and 17 hexadecimal digits. */
export const instanceId = () => string({ min: 3, max: 64, pattern: pattern('i-[0-9a-f]+') });
/** An association's id. */
export const associationId = () => string({ min: 11, max: 64, pattern: pattern('iip-assoc-[0-9a-f]+') });
/** An enrolment code's id, which is no secret. */
export const enrolmentCodeId = () => string({ min: 4, max: 64, pattern: pattern('ec-[0-9a-f]+') });

/** An instance, by its id. One that does not exist has no tags. */
export const instanceTarget = async (
  { InstanceId }: { readonly InstanceId: string },
  { accountId }: Caller,
  { instances }: Deps,
): Promise<Target> =>
  targetOf(instanceArn(accountId, InstanceId), await instances.find(accountId, InstanceId));

/** The instance that an association belongs to; an association that has ended belongs to none. */
export const associatedTarget = async (
  { AssociationId }: { readonly AssociationId: string },
  { accountId }: Caller,
  { instances }: Deps,
): Promise<Target> => {
  const found = await instances.findByAssociation(accountId, AssociationId);
  return { ...targetOf(instanceArn(accountId, '*'), found), resourceAsAsked: AssociationId };
};

const targetOf = (resource: string, found: InstanceRecord | null): Target =>
  found === null
    ? { resource, context: [] }
    : { resource: found.arn, context: [...tagContext('aws:ResourceTag/', found.tags), ...profileOf(found)] };

const profileOf = ({ association }: InstanceRecord): readonly ContextEntry[] =>
  association === null ? [] : [['daypass:InstanceProfile', association.profileArn]];

/** Condition keys about the tags that a request brings. */
export const requestTagContext = (tags: readonly TagRecord[] = []): readonly ContextEntry[] =>
  tags.length === 0
    ? []
    : [...tagContext('aws:RequestTag/', tags), ['aws:TagKeys', tags.map(({ Key }) => Key)]];
