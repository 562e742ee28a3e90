/**
 * The shape of an AWS Query action. An action states what it needs; the pipeline authenticates, authorises and audits before
 * and after its own code, so that none can forget to.
 */
import type { AuditEvent, AuditIdentity } from '../../../core/audit/event.ts';
import type { ContextEntry } from '../../../core/context/request-context.ts';
import type { SignedFacts } from '../../../usecases/authorize.ts';
import type { Caller } from '../../../usecases/caller.ts';
import type { Deps } from '../../../usecases/deps.ts';
import type { Parameters } from './decode.ts';
import type { Fields, InputOf } from './field.ts';
import type { Output, OutputValue } from './shape.ts';

/** The APIs behind the Query door. */
export type QueryService = 'sts' | 'iam' | 'daypass';

/**
 * What the trail keeps of an action: a `change` writes its event in its own batch; an `issuance` is recorded before the
 * answer leaves; a `read` is noted.
 */
export type AuditClass = 'change' | 'issuance' | 'read';

/** What an action may know and do while it runs. */
export interface ActionContext<C> {
  readonly deps: Deps;
  readonly facts: SignedFacts;
  readonly caller: C;
  /**
   * The event of a change, for its own batch.
   * @param elements - ids of what is made; never a secret
   */
  readonly changeEvent: (elements?: Readonly<Record<string, unknown>>) => AuditEvent;
  /** Says what the trail shall tell of an issuance: its ids, and who was proved where no signature did. */
  readonly tell: (facts: { elements?: Readonly<Record<string, unknown>>; identity?: AuditIdentity }) => void;
}

/** What an action is about, as policies see it. */
export interface Target {
  readonly resource: string;
  /** What a refusal calls it, where that is not its ARN. */
  readonly resourceAsAsked?: string;
  /** Condition keys that tell about it: its tags, its boundary. */
  readonly context: readonly ContextEntry[];
}

/**
 * What policy is asked before the action runs: about a resource that the input names, or about a target that has to be looked
 * up first, because its ARN, tags and boundary are only known then. An exemption spells its reason.
 */
export type ActionPermission<Input> =
  | {
      readonly action: string;
      readonly resource: (input: Input, caller: Caller) => string;
      readonly context?: (input: Input, caller: Caller) => readonly ContextEntry[];
    }
  | {
      readonly action: string;
      readonly target: (input: Input, caller: Caller, deps: Deps) => Promise<Target>;
      readonly context?: (input: Input, caller: Caller) => readonly ContextEntry[];
    }
  | { readonly exempt: string };

interface ActionBase<F extends Fields, O extends Output> {
  readonly name: string;
  readonly audit: AuditClass;
  readonly input: F;
  readonly output: O;
  /** Starts reading what `run` will need; see the pipeline. */
  readonly prefetch?: (parameters: Parameters, deps: Deps) => Promise<unknown> | undefined;
}

export interface SignedAction<F extends Fields, O extends Output> extends ActionBase<F, O> {
  readonly auth: 'sigv4';
  readonly permission: ActionPermission<InputOf<F>>;
  readonly run: (input: InputOf<F>, context: ActionContext<Caller>) => Promise<OutputValue<O>>;
}

export interface AnonymousAction<F extends Fields, O extends Output> extends ActionBase<F, O> {
  readonly auth: 'anonymous';
  readonly permission: { readonly exempt: string };
  /** The account that an unsigned call is about, for the trail; null where it names none. */
  readonly account: (input: InputOf<F>) => string | null;
  readonly run: (input: InputOf<F>, context: ActionContext<null>) => Promise<OutputValue<O>>;
}

/** Any action, as the lists and the pipeline see it. */
export type AnyAction = SignedAction<Fields, Output> | AnonymousAction<Fields, Output>;

/** Declares an action; the compiler infers its input from its fields and checks its answer against its shape. */
export function action<const F extends Fields, const O extends Output>(
  declared: SignedAction<F, O> | AnonymousAction<F, O>,
): AnyAction {
  // The pipeline reads input with this action's own fields and writes with its own shape, so what is erased here always fits.
  return declared as unknown as AnyAction;
}
