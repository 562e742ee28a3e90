/**
 * `daypass/policy`: the policy engine by itself, for resource servers that decide offline. Pure and synchronous; runs in Workers,
 * Node and browsers.
 *
 * Read a document with `parsePolicy` (strict, as when saved) or `readPolicyText` (either version, as when evaluated), compile it once
 * with `compilePolicy`, then `decide` or `explain` as many requests as you like.
 */
export { type CompiledPolicy, compilePolicy, denyEverything } from './core/policy/compile.ts';
export { contextOf } from './core/policy/context.ts';
export { contextKeysOf } from './core/policy/context-keys.ts';
export { decide } from './core/policy/decide.ts';
export { describeDecision } from './core/policy/describe.ts';
export type { PolicyDocument, PolicyStatement } from './core/policy/document.ts';
export {
  type ClauseFailure,
  type Explanation,
  explain,
  type PolicyExplanation,
  type StatementExplanation,
} from './core/policy/explain.ts';
export type { PolicyFault } from './core/policy/fault.ts';
export { type PolicyKind, parsePolicy, readPolicy, readPolicyText } from './core/policy/parse.ts';
export type {
  AccessRequest,
  ApplicablePolicies,
  Context,
  ContextValue,
  Decision,
  Effect,
  PolicyLayer,
  RequestPrincipal,
  SourcedPolicy,
  StatementReference,
} from './core/policy/types.ts';
export type { Result } from './core/result.ts';
