import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { log } from '../../src/platform/log.ts';

let lines: string[];
beforeEach(() => {
  lines = [];
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(`${level} ${line}`));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a log line', () => {
  test('is one JSON object, on the console of its level', () => {
    log('warn', 'snapshot.failed', { requestId: 'r1', count: 3 });
    log('info', 'started');
    expect(lines).toEqual([
      'warn {"requestId":"r1","count":3,"level":"warn","event":"snapshot.failed"}',
      'info {"level":"info","event":"started"}',
    ]);
  });

  test.for([
    'secretAccessKey',
    'SessionToken',
    'id_token',
    'password',
    'SAMLAssertion',
    'X-Amz-Signature',
    'Authorization',
    'set-cookie',
    'code_verifier',
  ])('never holds the value of %s, at any depth', (name) => {
    log('error', 'e', { [name]: 'hush', inside: { [name]: 'hush', list: [{ [name]: ['hush'] }] } });
    expect(lines[0]).toContain('[redacted]');
    expect(lines[0]).not.toContain('hush');
  });

  test('cuts long texts, at any depth', () => {
    log('error', 'e', { text: 'x'.repeat(2000), inside: { text: 'y'.repeat(2000) } });
    expect(lines[0]).toContain(`"${'x'.repeat(500)}"`);
    expect(lines[0]).toContain(`"${'y'.repeat(500)}"`);
  });

  test('cannot be broken in two, nor made to name another event', () => {
    log('warn', 'real', { text: 'a\r\n{"event":"forged"}', event: 'forged', level: 'info' });
    expect(lines[0]).not.toMatch(/[\r\n]/);
    expect(JSON.parse(lines[0]?.slice(5) ?? '')).toMatchObject({ level: 'warn', event: 'real' });
  });

  test('comes out for a detail that JSON cannot write', () => {
    const circle: Record<string, unknown> = {};
    circle.itself = circle;
    log('error', 'odd', { circle });
    log('error', 'odd', { big: 1n });
    expect(lines).toEqual(
      Array(2).fill('error {"level":"error","event":"odd","detail":"cannot be written"}'),
    );
  });
});
