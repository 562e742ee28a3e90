import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockStateFolder } from '../../dev/state-lock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daypass-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a folder is taken once, and again when it was given back', () => {
  const unlock = lockStateFolder(folder);
  expect(() => lockStateFolder(folder)).toThrow(`in use by process ${process.pid}`);
  unlock();
  expect(existsSync(join(folder, 'lock'))).toBe(false);
  lockStateFolder(folder)();
});

test.each(['', 'x', '0', '-1', '1.5'])('a lock that names no process, `%s`, holds nobody off', (text) => {
  writeFileSync(join(folder, 'lock'), text);
  lockStateFolder(folder)();
});

test('nor does one whose process has ended', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(join(folder, 'lock'), String(pid));
  lockStateFolder(folder)();
});

test('a folder that is not there is named with the reason', () => {
  expect(() => lockStateFolder(join(folder, 'none'))).toThrow('cannot be written (ENOENT)');
});
