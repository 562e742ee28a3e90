import { Fault } from '../../core/faults.ts';
import type { EvaluationQuestion, EvaluationSubject } from '../../usecases/evaluate.ts';
import { isObject } from '../http/json-body.ts';

const ACTION = /^[A-Za-z0-9-]{1,64}:[A-Za-z0-9_-]{1,128}$/;
const MAX_ARN_CHARACTERS = 2048;
const MAX_TOKEN_CHARACTERS = 16_384;

/**
 * Reads an AuthZEN question.
 * @throws Fault `validation_error` naming the member that is wrong
 */
export function readQuestion(body: Readonly<Record<string, unknown>>): EvaluationQuestion {
  const action = member(body, 'action');
  const { name } = action;
  if (typeof name !== 'string' || !ACTION.test(name)) {
    throw wrong('`action.name` must be an action such as s3:GetObject');
  }
  return {
    subject: readSubject(member(body, 'subject')),
    action: name,
    resource: readResource(body),
    context: readContext(body),
  };
}

function readSubject(subject: Readonly<Record<string, unknown>>): EvaluationSubject {
  const { type, id } = subject;
  if (type !== 'access_token' && type !== 'session_token' && type !== 'principal') {
    throw wrong('`subject.type` must be access_token, session_token or principal');
  }
  const most = type === 'principal' ? MAX_ARN_CHARACTERS : MAX_TOKEN_CHARACTERS;
  if (typeof id !== 'string' || id === '' || id.length > most)
    throw wrong('`subject.id` must be the token or ARN');
  return type === 'principal' ? { type, arn: id } : { type, token: id };
}

function readResource(body: Readonly<Record<string, unknown>>): string {
  const { type, id } = member(body, 'resource');
  if (type !== 'arn') throw wrong('`resource.type` must be arn');
  if (
    typeof id !== 'string' ||
    id.length > MAX_ARN_CHARACTERS ||
    !(id === '*' || /^arn:[^:]+:[^:]+:[^:]*:[^:]*:./s.test(id))
  ) {
    throw wrong('`resource.id` must be an ARN');
  }
  return id;
}

function readContext(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (body.context === undefined || body.context === null) return {};
  return member(body, 'context');
}

function member(body: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (!isObject(value)) throw wrong(`\`${name}\` must be an object`);
  return value;
}

const wrong = (message: string): Fault => new Fault('validation_error', message);
