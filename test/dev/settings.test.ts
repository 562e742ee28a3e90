import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSettings, SettingError } from '../../dev/settings.ts';

describe('the settings of npm start', () => {
  test('without any variable it is port 8787, .daypass beside package.json, with stand-ins', () => {
    expect(readSettings({})).toEqual({
      port: 8787,
      stateDir: join(import.meta.dirname, '../../.daypass'),
      withPeers: true,
      standIns: {},
      recoveryToken: null,
    });
  });

  test('each variable is taken, and a relative folder is made absolute', () => {
    expect(readSettings({ PORT: '9000', DAYPASS_STATE: 'somewhere', DAYPASS_PEERS: '0' })).toEqual({
      port: 9000,
      stateDir: join(process.cwd(), 'somewhere'),
      withPeers: false,
      standIns: {},
      recoveryToken: null,
    });
  });

  test("somebody's own stand-in for a built-in provider is handed on, nothing else", () => {
    const DAYPASS_X_API_URL = 'http://localhost:1';
    const environment = { DAYPASS_X_API_URL, DAYPASS_GOOGLE_DISCOVERY_URL: '', DAYPASS_MODE: 'production' };
    expect(readSettings(environment).standIns).toEqual({ DAYPASS_X_API_URL });
  });

  test('a recovery token is handed on', () => {
    expect(readSettings({ DAYPASS_RECOVERY_TOKEN: 'x'.repeat(32) }).recoveryToken).toBe('x'.repeat(32));
  });

  test('an empty variable counts as absent', () => {
    const empty = { PORT: '', DAYPASS_STATE: '', DAYPASS_PEERS: '', DAYPASS_RECOVERY_TOKEN: '' };
    expect(readSettings(empty)).toEqual(readSettings({}));
  });

  test.each(['0', '65536', '-1', '80a', '1e3', ' 80', '8787.0', '123456'])('PORT=%j is refused', (PORT) => {
    expect(() => readSettings({ PORT })).toThrow(
      new SettingError(`PORT must be a number from 1 to 65535, not \`${PORT}\``),
    );
  });

  test.each(['2', 'true', 'yes', ' 1'])('DAYPASS_PEERS=%j is refused', (DAYPASS_PEERS) => {
    expect(() => readSettings({ DAYPASS_PEERS })).toThrow(
      new SettingError(`DAYPASS_PEERS must be 0 or 1, not \`${DAYPASS_PEERS}\``),
    );
  });
});
