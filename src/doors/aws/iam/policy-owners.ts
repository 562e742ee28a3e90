/** The three kinds of owner of policies, for the actions that exist once for each. */
import type { PolicyOwner } from '../../../core/repositories/owner.ts';
import type { Caller } from '../../../usecases/caller.ts';
import type { Deps } from '../../../usecases/deps.ts';
import type { Fields, RequiredField } from '../query/field.ts';
import { existingUserName, groupName, roleName } from '../query/fields.ts';
import type { Target } from './entity-action.ts';
import { targetOf } from './targets.ts';

type OwnerType = PolicyOwner['type'];

/** Any action's input: its owner's name stands under the kind's parameter. */
type Input = Readonly<Record<string, unknown>>;

/** What differs between the siblings. */
export interface OwnerKind {
  readonly type: OwnerType;
  /** As it stands in the names of actions. */
  readonly word: 'User' | 'Group' | 'Role';
  /** The parameter that names the owner. */
  readonly parameter: 'UserName' | 'GroupName' | 'RoleName';
  readonly field: RequiredField<string>;
}

export const USER_KIND: OwnerKind = {
  type: 'user',
  word: 'User',
  parameter: 'UserName',
  field: existingUserName(),
};
export const GROUP_KIND: OwnerKind = {
  type: 'group',
  word: 'Group',
  parameter: 'GroupName',
  field: groupName(),
};
export const ROLE_KIND: OwnerKind = {
  type: 'role',
  word: 'Role',
  parameter: 'RoleName',
  field: roleName(),
};

/** An action's fields with the owner's before them. Typed as the others alone: `ownerIn` reads the owner, whatever its parameter is called. */
export const ownedFields = <F extends Fields>({ parameter, field }: OwnerKind, others: F): F => ({
  [parameter]: field,
  ...others,
});

/** The owner that an input names; its field is required, so that there always is a text. */
export const ownerIn = ({ type, parameter }: OwnerKind, input: Input): PolicyOwner => ({
  type,
  name: String(input[parameter]),
});

/** The owner as the target of an action. */
export const ownerTarget =
  (kind: OwnerKind) =>
  (input: Input, caller: Caller, deps: Deps): Promise<Target> =>
    targetOf[kind.type](ownerIn(kind, input).name, caller, deps);
