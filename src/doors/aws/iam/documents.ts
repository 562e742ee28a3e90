/** Policy documents as IAM takes them: checked for their kind, counted without white space. */
import { Fault } from '../../../core/faults.ts';
import type { PolicyDocument } from '../../../core/policy/document.ts';
import { describeFault } from '../../../core/policy/fault.ts';
import { countPolicyCharacters } from '../../../core/policy/limits.ts';
import { type PolicyKind, parsePolicy } from '../../../core/policy/parse.ts';

/** @throws Fault `malformed_policy_document` in AWS's words, and where and why */
export function requireDocument(text: string, kind: PolicyKind): PolicyDocument {
  const parsed = parsePolicy(text, kind);
  if (parsed.ok) return parsed.value;
  throw new Fault('malformed_policy_document', describeFault(parsed.failure), { ...parsed.failure });
}

/** @param quota - the quota's name in AWS. @throws Fault `limit_exceeded` */
export function requireSize(text: string, quota: string, maxCharacters: number): void {
  if (countPolicyCharacters(text) <= maxCharacters) return;
  throw new Fault('limit_exceeded', `Cannot exceed quota for ${quota}: ${maxCharacters}`);
}
