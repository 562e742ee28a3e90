import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBootstrap } from '../../dev/first-run.ts';
import { keepSecrets } from '../../dev/secrets.ts';
import { makeStateFolder, readPrivateFile, StateError, writePrivateFile } from '../../dev/state-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daypass-state-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('private files', () => {
  test('a file is for its owner alone, replaced whole, and leaves nothing beside it', () => {
    const path = join(folder, 'deep', 'file');
    writePrivateFile(path, 'first');
    writePrivateFile(path, 'second');
    expect(readPrivateFile(path)).toBe('second');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['file']);
  });

  test('a file that is not there is null, not a fault', () => {
    expect(readPrivateFile(join(folder, 'nothing'))).toBeNull();
  });

  test('a folder in the place of a file is named with the reason', () => {
    expect(() => readPrivateFile(folder)).toThrow(new StateError(`${folder} cannot be read (EISDIR)`));
    expect(() => writePrivateFile(folder, '')).toThrow(StateError);
  });

  test('a file in the place of the state folder is named with the reason', () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    expect(() => makeStateFolder(path)).toThrow(
      new StateError(`${path} cannot be used as a folder (EEXIST)`),
    );
  });
});

describe('secrets of the local run', () => {
  test('they are made once, of full strength, and kept', () => {
    const path = join(folder, 'secrets.json');
    const made = keepSecrets(path, false);
    expect(made.DAYPASS_KEK).toMatch(/^local:[A-Za-z0-9+/]{43}=$/);
    expect(made.DAYPASS_SETUP_TOKEN).toMatch(/^[\w-]{43}$/);
    expect(keepSecrets(path, true)).toEqual(made);
    expect(keepSecrets(join(folder, 'other.json'), false)).not.toEqual(made);
  });

  test('lost secrets of a database are not replaced by others', () => {
    const path = join(folder, 'secrets.json');
    expect(() => keepSecrets(path, true)).toThrow(
      new StateError(`${path} is missing, and without it nothing in the database can be opened`),
    );
    expect(existsSync(path)).toBe(false);
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"DAYPASS_KEK":"local:x"}',
    '{"DAYPASS_KEK":1,"DAYPASS_SETUP_TOKEN":"x"}',
  ])('a damaged file is refused: %s', (text) => {
    const path = join(folder, 'secrets.json');
    writeFileSync(path, text);
    expect(() => keepSecrets(path, false)).toThrow(new StateError(`${path} is damaged`));
  });
});

describe('bootstrap.json of a broker that was set up before', () => {
  const bootstrap = {
    endpoint: 'http://localhost:8787',
    accountId: '123456789012',
    root: { email: 'root@example.com', password: 'p' },
    admin: { userName: 'admin', accessKeyId: 'AKIA', secretAccessKey: 's' },
  };

  test('its endpoint follows the port', () => {
    const path = join(folder, 'bootstrap.json');
    writeFileSync(path, JSON.stringify(bootstrap));
    const moved = { ...bootstrap, endpoint: 'http://localhost:9000' };
    expect(readBootstrap(folder, 9000)).toEqual(moved);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(moved);
  });

  test('it may have been taken away', () => {
    expect(readBootstrap(folder, 8787)).toBeNull();
  });

  test('a damaged one is named, its secrets are not', () => {
    const path = join(folder, 'bootstrap.json');
    writeFileSync(path, '{"endpoint":"http://localhost:8787","accountId":"1"}');
    expect(() => readBootstrap(folder, 8787)).toThrow(
      new StateError(`${path} is damaged: \`root.email\` is missing`),
    );
  });
});
