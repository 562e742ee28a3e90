import { describe, expect, test } from 'vitest';
import { formatBootstrap, parseBootstrap } from '../../dev/bootstrap.ts';

const bootstrap = {
  endpoint: 'http://localhost:8787',
  accountId: '123456789012',
  root: { email: 'root@example.com', password: 'long and secret' },
  admin: { userName: 'admin', accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
};

describe('the bootstrap document', () => {
  test('what is written is read back', () => {
    expect(parseBootstrap(formatBootstrap(bootstrap))).toEqual(bootstrap);
  });

  test('members that it does not know are dropped', () => {
    expect(parseBootstrap(JSON.stringify({ ...bootstrap, more: 1 }))).toEqual(bootstrap);
  });

  test.each([
    ['', 'it is not JSON'],
    ['{"endpoint":', 'it is not JSON'],
    ['null', '`endpoint` is missing'],
    ['[]', '`endpoint` is missing'],
    [JSON.stringify({ ...bootstrap, endpoint: '' }), '`endpoint` is missing'],
    [JSON.stringify({ ...bootstrap, accountId: 123 }), '`accountId` is missing'],
    [JSON.stringify({ ...bootstrap, root: 'root' }), '`root.email` is missing'],
    [
      JSON.stringify({ ...bootstrap, admin: { userName: 'admin', accessKeyId: 'AKIA' } }),
      '`admin.secretAccessKey` is missing',
    ],
  ])('%s is refused', (text, problem) => {
    expect(() => parseBootstrap(text)).toThrow(new Error(problem));
  });
});
