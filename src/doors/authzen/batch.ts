import { Fault } from '../../core/faults.ts';
import type { EvaluationQuestion } from '../../usecases/evaluate.ts';
import { EVALUATIONS_SEMANTICS, type EvaluationsSemantic } from '../../usecases/evaluate-all.ts';
import { isObject } from '../http/json-body.ts';
import { readQuestion } from './question.ts';

const MAX_QUESTIONS = 200;
const SHARED = ['subject', 'action', 'resource', 'context'] as const;

export interface Batch {
  readonly questions: readonly (EvaluationQuestion | Fault)[];
  readonly semantic: EvaluationsSemantic;
}

/**
 * Reads a batch: what a question leaves out it takes from the top level, member by member as a whole.
 * @throws Fault `validation_error` for a batch that cannot be read at all; one bad question is its own matter
 */
export function readBatch(body: Readonly<Record<string, unknown>>): Batch {
  const { evaluations, options } = body;
  if (!Array.isArray(evaluations) || evaluations.length > MAX_QUESTIONS) {
    throw new Fault(
      'validation_error',
      `\`evaluations\` must be a list of at most ${MAX_QUESTIONS} questions`,
    );
  }
  return { questions: evaluations.map((own) => readOne(body, own)), semantic: readSemantic(options) };
}

function readOne(body: Readonly<Record<string, unknown>>, own: unknown): EvaluationQuestion | Fault {
  if (!isObject(own)) return new Fault('validation_error', 'each of `evaluations` must be an object');
  const merged: Record<string, unknown> = {};
  for (const name of SHARED) merged[name] = Object.hasOwn(own, name) ? own[name] : body[name];
  try {
    return readQuestion(merged);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function readSemantic(options: unknown): EvaluationsSemantic {
  const asked = isObject(options) ? options.evaluations_semantic : undefined;
  if (asked === undefined) return 'execute_all';
  const semantic = EVALUATIONS_SEMANTICS.find((known) => known === asked);
  if (semantic === undefined) {
    throw new Fault(
      'validation_error',
      `\`options.evaluations_semantic\` must be one of ${EVALUATIONS_SEMANTICS.join(', ')}`,
    );
  }
  return semantic;
}
