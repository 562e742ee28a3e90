/** What a dry run of a login tells, whichever protocol it is of. */
import type { Role } from '../core/account.ts';
import { Fault } from '../core/faults.ts';
import type { RoleChoice, RuleTrace } from '../core/mapping/choose-roles.ts';
import type { IdentityValues } from '../core/mapping/mapping-rules.ts';
import { describeDecision } from '../core/policy/describe.ts';
import type { TrustExplanation } from './federated-trust.ts';

/** What would become of one role. */
export interface RoleStep {
  readonly roleArn: string;
  /** All but `admitted` are one answer to whoever logs in; `not_granted`: the assertion does not name it. */
  readonly result: 'admitted' | 'refused' | 'not_found' | 'not_granted';
  readonly actions: readonly {
    readonly action: string;
    /** One sentence: by which statement, or for want of which policy. */
    readonly reason: string;
    readonly missingContextKeys: readonly string[];
  }[];
}

export type LoginExplanation =
  /** The proof is not believed, and why; no step follows. */
  | { readonly proof: 'refused'; readonly code: string; readonly reason: string }
  | {
      readonly proof: 'believed';
      readonly provider: string;
      readonly subject: string;
      readonly values: IdentityValues['values'];
      /** Empty where a role was named or there are no rules. */
      readonly rules: readonly RuleTrace[];
      /** `assertion`: a SAML assertion names its roles itself. */
      readonly chosenBy: 'request' | 'assertion' | RoleChoice['decidedBy'];
      readonly roles: readonly RoleStep[];
    };

/** @returns what was proved, or the refusal that the proof would meet */
export async function proofOrRefusal<T>(prove: () => Promise<T>): Promise<T | Fault> {
  try {
    return await prove();
  } catch (error) {
    if (error instanceof Fault && ABOUT_THE_PROOF.has(error.code)) return error;
    throw error;
  }
}

const ABOUT_THE_PROOF = new Set([
  'invalid_identity_token',
  'expired_identity_token',
  'idp_communication_error',
  'idp_rejected_claim',
]);

/** What became of one role. @param trust - empty where there is none */
export function stepOf(roleArn: string, role: Role | null, trust: readonly TrustExplanation[]): RoleStep {
  const admits = trust.every(({ explanation }) => explanation.decision.effect === 'Allow');
  return {
    roleArn,
    result: role === null ? 'not_found' : admits ? 'admitted' : 'refused',
    actions: trust.map(({ action, explanation }) => ({
      action,
      reason: describeDecision(explanation.decision),
      missingContextKeys: explanation.missingContextKeys,
    })),
  };
}
