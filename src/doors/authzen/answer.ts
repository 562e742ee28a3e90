import { ACR_MFA } from '../../core/sign-in/session.ts';
import type { Evaluation, EvaluationQuestion } from '../../usecases/evaluate.ts';
import type { EvaluationOutcome } from '../../usecases/evaluate-all.ts';
import { JSON_STATUS } from '../http/json-faults.ts';

/**
 * The answer to a question. What the person may read says no more than yes or no about what was asked; the administrator's
 * reasons tell policies and statements.
 */
export function answerOf(
  question: EvaluationQuestion,
  evaluation: Evaluation,
): Readonly<Record<string, unknown>> {
  const { decision, explanation } = evaluation;
  const allowed = decision?.effect === 'Allow';
  return {
    decision: allowed,
    context: {
      // What a new sign-in would have to be worth. @see RFC 9470 section 4
      ...(evaluation.wantsSecondFactor && { acr_values: ACR_MFA }),
      reason_user: { en: reasonForUser(question, evaluation, allowed) },
      ...(explanation !== null && { reason_admin: { en: explanation.sentence, explanation } }),
    },
  };
}

/** One outcome of a batch: a question that could not be asked is a no, with its error. */
export function outcomeOf({
  question,
  evaluation,
  fault,
}: EvaluationOutcome): Readonly<Record<string, unknown>> {
  if (question !== null && evaluation !== null) return answerOf(question, evaluation);
  const code = fault?.code ?? 'internal_failure';
  return {
    decision: false,
    context: { error: { status: JSON_STATUS[code], message: fault?.message ?? code } },
  };
}

function reasonForUser(question: EvaluationQuestion, { decision }: Evaluation, allowed: boolean): string {
  if (decision === null) return 'The subject could not be verified.';
  const what = `${question.action} on ${question.resource}`;
  return allowed ? `You may perform ${what}.` : `You may not perform ${what}.`;
}
