import { utf8 } from '../../../../core/bytes.ts';
import {
  generateCredentialReport as generate,
  getCredentialReport as get,
} from '../../../../usecases/credential-report.ts';
import { action } from '../../query/action.ts';
import { blob, maybe, moment, text } from '../../query/shape.ts';

export const generateCredentialReport = action({
  name: 'GenerateCredentialReport',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GenerateCredentialReport', resource: () => '*' },
  input: {},
  output: { State: text, Description: maybe(text) },
  run: async (_input, { caller, facts, deps }) => {
    const State = await generate(caller.accountId, facts, deps);
    return State === 'STARTED'
      ? { State, Description: 'No report exists. Starting a new report generation task' }
      : { State };
  },
});

export const getCredentialReport = action({
  name: 'GetCredentialReport',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetCredentialReport', resource: () => '*' },
  input: {},
  output: { Content: blob, ReportFormat: text, GeneratedTime: moment },
  run: async (_input, { caller, facts, deps }) => {
    const { text: csv, generatedAtSeconds } = await get(caller.accountId, facts, deps);
    return { Content: utf8(csv), ReportFormat: 'text/csv', GeneratedTime: generatedAtSeconds };
  },
});
