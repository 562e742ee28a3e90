import { describe, expect, test } from 'vitest';
import { formatNextStep, parseNextStep, pathOf } from '../../../src/core/sign-in/next-step.ts';

describe('what waits after a sign-in', () => {
  test.for([
    ['me', '/me'],
    ['roles', '/me/roles'],
    ['oauth:Ab_9-', '/oauth/authorize?request=Ab_9-'],
    ['device:XK4', '/device?user_code=XK4'],
    ['device', '/device'],
  ] as const)('%s leads to %s', ([text, path]) => {
    const step = parseNextStep(text);
    expect(step === null ? null : pathOf(step)).toBe(path);
    expect(step === null ? null : formatNextStep(step)).toBe(text);
  });

  test.for([
    '',
    'ME',
    'nowhere',
    'constructor',
    '__proto__',
    'me:',
    'oauth:a b',
    'oauth:a&b=c',
    'oauth:../../x',
    'oauth:%2f',
    `oauth:${'x'.repeat(129)}`,
    'https://evil.example',
    '//evil.example',
    'me\n',
  ])('`%s` is none', (text) => {
    expect(parseNextStep(text)).toBeNull();
  });
});
