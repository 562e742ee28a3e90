import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const repository = join(import.meta.dirname, '../../..');

/** A program as a resource server has it: plain JavaScript, the package's public name, nothing else. */
const PROGRAM = `
import { compilePolicy, contextOf, decide, explain, parsePolicy } from 'daypass/policy';
const text = JSON.stringify({ Version: '2012-10-17', Statement: [
  { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/\${aws:username}/*' } ] });
const parsed = parsePolicy(text, 'identity');
const policies = { identity: [{ source: 'mine', policy: compilePolicy(parsed.value) }] };
const ask = (resource) => ({
  principal: { type: 'user', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' },
  action: 's3:GetObject', resource, resourceAccount: '111122223333', context: contextOf([['aws:username', 'alice']]),
});
console.log(JSON.stringify([
  decide(ask('arn:aws:s3:::reports/alice/q1.csv'), policies).effect,
  decide(ask('arn:aws:s3:::reports/bob/q1.csv'), policies).effect,
  explain(ask('arn:aws:s3:::reports/bob/q1.csv'), policies).policies[0].statements[0].failures[0].element,
  parsePolicy('{', 'identity').failure.message,
]));
`;

test('a program outside the repository decides with `daypass/policy`', () => {
  execFileSync('tsc', ['-p', 'tsconfig.policy.json'], {
    cwd: repository,
    env: { ...process.env, PATH: `${join(repository, 'node_modules/.bin')}:${process.env.PATH}` },
  });
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    cwd: repository,
  });
  expect(JSON.parse(output.toString())).toEqual([
    'Allow',
    'ImplicitDeny',
    'Resource',
    'Syntax errors in policy.',
  ]);
});
