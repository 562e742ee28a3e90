import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('the demo tells its whole story and ends well', async () => {
  const repository = join(import.meta.dirname, '../..');
  const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
    execFile(process.execPath, [join(repository, 'dev/demo.ts')], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
  expect(output).toContain('That was the whole way');
  expect(code).toBe(0);
}, 60_000);
