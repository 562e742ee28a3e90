/**
 * Actions on something that exists: a user, a role, a group. Its ARN with the path, its tags and its boundary are only known
 * once it has been looked up, so policy is asked then: before anything else is read or done.
 */
import { parseArn } from '../../../core/arn.ts';
import type { ContextEntry } from '../../../core/context/request-context.ts';
import type { AccessRequest } from '../../../core/policy/types.ts';
import {
  accessRequestOf,
  type Permission,
  requireAllow,
  type SignedFacts,
} from '../../../usecases/authorize.ts';
import type { Caller } from '../../../usecases/caller.ts';
import type { Deps } from '../../../usecases/deps.ts';
import { type ActionContext, type AnyAction, type AuditClass, action } from '../query/action.ts';
import type { Fields, InputOf } from '../query/field.ts';
import type { Output, OutputValue } from '../query/shape.ts';

/** What an action is about, as policies see it. */
export interface Target {
  readonly resource: string;
  /** Condition keys that tell about it. */
  readonly context: readonly ContextEntry[];
}

/** What policy is asked of an entity's action. */
interface EntityPermission<Input> {
  /** Such as `iam:DeleteUser`. */
  readonly action: string;
  readonly target: (input: Input, caller: Caller, deps: Deps) => Promise<Target>;
  /** Condition keys of the request. */
  readonly context?: (input: Input) => readonly ContextEntry[];
}

interface EntityAction<F extends Fields, O extends Output> {
  readonly name: string;
  readonly audit: AuditClass;
  readonly input: F;
  readonly output: O;
  readonly permission: EntityPermission<InputOf<F>>;
  readonly run: (input: InputOf<F>, context: ActionContext<Caller>) => Promise<OutputValue<O>>;
}

/** Declares an action on an entity. */
export function entityAction<const F extends Fields, const O extends Output>(
  declared: EntityAction<F, O>,
): AnyAction {
  const { name, audit, input, output, permission, run } = declared;
  return action<F, O>({
    name,
    auth: 'sigv4',
    audit,
    input,
    output,
    permission: { exempt: `${permission.action} is decided below, on the entity as it is` },
    run: async (values, context) => {
      const { caller, deps, facts } = context;
      const { resource, context: about } = await permission.target(values, caller, deps);
      const own = permission.context?.(values) ?? [];
      const asked = { action: permission.action, resource, context: [...about, ...own] };
      requireAllow(caller, asked, requestOf(caller, asked, facts), caller.policies);
      return run(values, context);
    },
  });
}

/** AWS's own policies (`arn:aws:iam::aws:policy/…`) belong to every account: looking at one crosses no border. */
function requestOf(caller: Caller, asked: Permission, facts: SignedFacts): AccessRequest {
  const request = accessRequestOf(caller, asked, facts);
  return parseArn(asked.resource)?.accountId === 'aws'
    ? { ...request, resourceAccount: caller.accountId }
    : request;
}
