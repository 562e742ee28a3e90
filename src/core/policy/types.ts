/**
 * The policy engine's vocabulary. Everything here is plain data: the engine is pure, synchronous, and reads
 * neither a clock nor a database. `decide` is the only way to a decision; live calls, the simulator, AuthZEN and
 * explanations all go through it.
 */
import type { CompiledPolicy } from './compile.ts';

/** A context value: one string, or several for a multivalued key. Numbers, dates and booleans travel as text. */
export type ContextValue = string | readonly string[];

/**
 * The request context: condition keys and their values. It is complete and authoritative: the engine adds nothing.
 * Keys are stored in lower case (`aws:principalarn`), because condition keys ignore case; use `contextOf` to build one.
 */
export type Context = ReadonlyMap<string, ContextValue>;

/**
 * Who asks. `null` stands for an anonymous caller.
 * `uniqueId` is the caller's own unique id (`AIDA…`, `AROA…` of the role, `ACCOUNT:name`, the account id for root);
 * saved policies name users and roles by it, so that a deleted and recreated one inherits nothing.
 */
export type RequestPrincipal =
  | { readonly type: 'root'; readonly arn: string; readonly accountId: string }
  | { readonly type: 'user'; readonly arn: string; readonly accountId: string; readonly uniqueId?: string }
  | {
      readonly type: 'role-session';
      /** The session's ARN: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
      readonly arn: string;
      readonly accountId: string;
      /** The role's ARN with its path where known; a policy may name the role by it. */
      readonly roleArn?: string;
      /** The role's unique id (`AROA…`). */
      readonly uniqueId?: string;
    }
  | {
      readonly type: 'federated-user';
      readonly arn: string;
      readonly accountId: string;
      /** ARN and unique id of the IAM user that called GetFederationToken, where known. */
      readonly userArn?: string;
      readonly uniqueId?: string;
    }
  | { readonly type: 'service'; readonly name: string }
  /** An assertion not yet exchanged (AssumeRoleWithWebIdentity, AssumeRoleWithSAML): matched by `Principal.Federated`. */
  | {
      readonly type: 'federated';
      readonly provider: string;
      /** A second name that policies may use: `accounts.google.com` beside the ARN under which the account registered it. */
      readonly alias?: string;
    }
  | null;

/** One question put to the engine. */
export interface AccessRequest {
  readonly principal: RequestPrincipal;
  /** `service:Name`, compared without case. */
  readonly action: string;
  /** An ARN, or `*` for an action that has no resource. */
  readonly resource: string;
  /** The account that owns the resource; decides same-account against cross-account. */
  readonly resourceAccount: string;
  readonly context: Context;
  /**
   * True when the resource policy is a role trust policy (or another policy that must allow explicitly):
   * no Allow there is an implicit deny even when the identity policies allow.
   */
  readonly resourcePolicyIsMandatory?: boolean;
}

/** Which kind of policy a statement came from; also the names used in explanations. */
export type PolicyLayer =
  | 'identity'
  | 'resource'
  | 'permissions-boundary'
  | 'session'
  | 'scp'
  | 'rcp'
  | 'vpc-endpoint';

/** A compiled policy together with the name under which explanations show it (an ARN, or `inline NAME of OWNER`). */
export interface SourcedPolicy {
  readonly source: string;
  readonly policy: CompiledPolicy;
  /** The document as it was written, where it is at hand: for places in it and for the context keys it names. */
  readonly text?: string;
}

/**
 * Every policy that applies to one request. An absent layer does not apply; an empty one applies and grants nothing.
 */
export interface ApplicablePolicies {
  readonly identity?: readonly SourcedPolicy[];
  readonly resource?: SourcedPolicy;
  readonly boundaries?: readonly SourcedPolicy[];
  /** Several session policies unite, then intersect with the rest. */
  readonly session?: readonly SourcedPolicy[];
  /** Policies that narrowed the session after it began (GetScopedCredentials): each must allow, whatever names the caller. */
  readonly scopes?: readonly SourcedPolicy[];
  /** One inner list per organisation level, root first; every level must allow. */
  readonly scps?: readonly (readonly SourcedPolicy[])[];
  /** As `scps`; `RCPFullAWSAccess` is implied at every level. */
  readonly rcps?: readonly (readonly SourcedPolicy[])[];
  readonly vpcEndpoint?: readonly SourcedPolicy[];
}

/** The three answers AWS distinguishes. */
export type Effect = 'Allow' | 'ExplicitDeny' | 'ImplicitDeny';

/** A statement that took part in a decision. */
export interface StatementReference {
  readonly layer: PolicyLayer;
  readonly source: string;
  /** Zero-based place in the policy's Statement list. */
  readonly index: number;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
}

/** The answer, with the statements that made it. */
export interface Decision {
  readonly effect: Effect;
  /**
   * For an Allow: the statements that granted, of the first policy that was enough (an explanation lists every match).
   * For an explicit deny: all that denied. For an implicit deny: none.
   */
  readonly deciders: readonly StatementReference[];
  /**
   * For an implicit deny, the layer that lacked an Allow; for an explicit deny, the layer of the first denying
   * statement; absent for an Allow.
   */
  readonly layer?: PolicyLayer;
}
