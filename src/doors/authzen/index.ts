/** AuthZEN: decisions for resource servers. @see OpenID AuthZEN Authorization API 1.0 */
import { Fault } from '../../core/faults.ts';
import type { SignedFacts } from '../../usecases/authorize.ts';
import type { Caller } from '../../usecases/caller.ts';
import { type Evaluation, type EvaluationQuestion, evaluate } from '../../usecases/evaluate.ts';
import { evaluateAll } from '../../usecases/evaluate-all.ts';
import { asFault, eventOf } from '../../usecases/record.ts';
import { readBody } from '../http/body.ts';
import { identify } from '../http/caller.ts';
import { type DoorRequest, isRead } from '../http/door.ts';
import { nextNonce } from '../http/dpop.ts';
import { jsonAnswer } from '../http/headers.ts';
import { parseJsonObject } from '../http/json-body.ts';
import { jsonRefusal } from '../http/json-refusal.ts';
import { answerOf, outcomeOf } from './answer.ts';
import { type Batch, readBatch } from './batch.ts';
import { readQuestion } from './question.ts';

const MAX_BODY_BYTES = 256 * 1024;
/** An id that the asker gave and gets back. @see AuthZEN 1.0, "Request Identification" */
const ASKERS_REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

export async function authzenMetadataDoor(door: DoorRequest): Promise<Response> {
  const { issuer } = door.deps.settings;
  if (!isRead(door.request)) {
    return jsonRefusal(door, new Fault('method_not_allowed', 'this document is read by GET'));
  }
  return jsonAnswer(door.facts.requestId, 200, {
    policy_decision_point: issuer,
    access_evaluation_endpoint: `${issuer}/access/v1/evaluation`,
    access_evaluations_endpoint: `${issuer}/access/v1/evaluations`,
  });
}

export async function authzenDoor(door: DoorRequest): Promise<Response> {
  try {
    return withAskersId(door, await answer(door));
  } catch (error) {
    return withAskersId(door, jsonRefusal(door, asFault(error)));
  }
}

async function answer(door: DoorRequest): Promise<Response> {
  const { request, deps } = door;
  if (request.method !== 'POST') throw new Fault('method_not_allowed', 'questions are asked by POST');
  const payload = await readBody(request, MAX_BODY_BYTES);
  const { caller, facts } = await identify(door, payload);
  const body = parseJsonObject(payload);
  if (isBatch(door.address.path, body)) return answerBatch(door, readBatch(body), caller, facts);
  const question = readQuestion(body);
  try {
    const evaluation = await evaluate(question, caller, facts, deps);
    note(door, question, caller, facts, evaluation);
    return jsonAnswer(facts.requestId, 200, answerOf(question, evaluation), await nextNonce(door));
  } catch (error) {
    await recordRefusal(door, question, caller, facts, asFault(error));
    throw error;
  }
}

/** Without questions of its own, a batch is a single question. */
const isBatch = (path: string, body: Readonly<Record<string, unknown>>): boolean =>
  path === '/access/v1/evaluations' && Array.isArray(body.evaluations) && body.evaluations.length > 0;

async function answerBatch(
  door: DoorRequest,
  { questions, semantic }: Batch,
  asker: Caller | null,
  facts: SignedFacts,
): Promise<Response> {
  const outcomes = await evaluateAll(questions, semantic, asker, facts, door.deps);
  for (const { question, evaluation, fault } of outcomes) {
    if (question === null) continue;
    if (evaluation !== null) note(door, question, asker, facts, evaluation);
    if (fault !== null) await recordRefusal(door, question, asker, facts, fault);
  }
  const body = { evaluations: outcomes.map(outcomeOf) };
  return jsonAnswer(facts.requestId, 200, body, await nextNonce(door));
}

function withAskersId({ request }: DoorRequest, response: Response): Response {
  const id = request.headers.get('x-request-id');
  if (id !== null && ASKERS_REQUEST_ID.test(id)) response.headers.set('x-request-id', id);
  return response;
}

const operationOf = (question: EvaluationQuestion, asker: Caller | null, accountId: string) => ({
  accountId,
  source: 'daypass.amazonaws.com',
  name: 'Evaluate',
  identity: asker?.auditIdentity ?? ({ type: 'Anonymous' } as const),
  readOnly: true,
  parameters: { action: question.action, resource: question.resource, subjectType: question.subject.type },
});

function note(
  { deps }: DoorRequest,
  question: EvaluationQuestion,
  asker: Caller | null,
  facts: SignedFacts,
  { decision, about }: Evaluation,
): void {
  const accountId = asker?.accountId ?? about?.accountId;
  if (accountId === undefined) return; // a token nobody believes belongs to no account's trail
  const elements = {
    decision: decision?.effect ?? 'NotBelieved',
    subject: about?.arn ?? null,
    ...subjectIdOf(about),
  };
  const event = eventOf(operationOf(question, asker ?? about, accountId), { elements }, facts, deps.random);
  deps.audit.note(event, facts.near);
}

/** A refusal of an authenticated asker is recorded before the answer leaves. */
async function recordRefusal(
  { deps }: DoorRequest,
  question: EvaluationQuestion,
  asker: Caller | null,
  facts: SignedFacts,
  fault: Fault,
): Promise<void> {
  if (asker === null) return;
  const event = eventOf(operationOf(question, asker, asker.accountId), { fault }, facts, deps.random);
  await deps.audit.record(event, facts.near);
}

/** The unique id of the user or role asked about: the trail keeps by it which services it used last. */
const subjectIdOf = (about: Caller | null): { readonly subjectId?: string } => {
  const principal = about?.principal;
  const id =
    principal?.type === 'user' || principal?.type === 'role-session' ? principal.uniqueId : undefined;
  return id === undefined ? {} : { subjectId: id };
};
