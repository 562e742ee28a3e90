/**
 * Actions on something that exists: a user, a role, a group. Its ARN with the path, its tags and its boundary are only known
 * once it has been looked up, so the pipeline looks it up and asks policy about it before the action's own code runs.
 */
import type { Caller } from '../../../usecases/caller.ts';
import {
  type ActionContext,
  type ActionPermission,
  type AnyAction,
  type AuditClass,
  action,
} from '../query/action.ts';
import type { Fields, InputOf } from '../query/field.ts';
import type { Output, OutputValue } from '../query/shape.ts';

export type { Target } from '../query/action.ts';

interface EntityAction<F extends Fields, O extends Output> {
  readonly name: string;
  readonly audit: AuditClass;
  readonly input: F;
  readonly output: O;
  readonly permission: Extract<ActionPermission<InputOf<F>>, { readonly target: unknown }>;
  readonly run: (input: InputOf<F>, context: ActionContext<Caller>) => Promise<OutputValue<O>>;
}

/** Declares an action on an entity. */
export const entityAction = <const F extends Fields, const O extends Output>(
  declared: EntityAction<F, O>,
): AnyAction => action<F, O>({ ...declared, auth: 'sigv4' });
