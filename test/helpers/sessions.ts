import fc from 'fast-check';
import type { Session } from '../../src/core/credentials/session.ts';
import { START_SECONDS } from './fake-world.ts';

/** A plain role session; what a test says of it lies over. */
export const roleSession = (over: Partial<Session> = {}): Session => ({
  sessionId: 'ses_1',
  accountId: '111122223333',
  identity: { type: 'role', roleId: 'AROAEXAMPLE', roleName: 'Reader', sessionName: 'anna' },
  issuedAtSeconds: START_SECONDS,
  expiresAtSeconds: START_SECONDS + 3600,
  policies: null,
  tags: [],
  transitiveTagKeys: [],
  sourceIdentity: null,
  federation: null,
  chained: false,
  ...over,
});

const text = fc.string({ maxLength: 20, unit: 'binary' });

/** Every kind of session, with texts of any kind in it. */
export const anySession: fc.Arbitrary<Session> = fc.record({
  sessionId: text,
  accountId: fc.stringMatching(/^[0-9]{12}$/),
  identity: fc.record({
    type: fc.constant('role' as const),
    roleId: text,
    roleName: text,
    sessionName: text,
  }),
  issuedAtSeconds: fc.nat(),
  expiresAtSeconds: fc.nat(),
  policies: fc.option(fc.record({ inline: fc.option(text), arns: fc.array(text, { maxLength: 3 }) })),
  tags: fc.array(fc.record({ Key: text, Value: text }), { maxLength: 4 }),
  transitiveTagKeys: fc.array(text, { maxLength: 3 }),
  sourceIdentity: fc.option(text),
  federation: fc.option(
    fc.record(
      {
        provider: text,
        keyPrefix: text,
        audience: text,
        subject: text,
        amr: fc.array(text, { minLength: 1, maxLength: 3 }),
        authTimeSeconds: fc.integer({ min: 1 }),
      },
      { requiredKeys: ['provider', 'keyPrefix', 'audience', 'subject'] },
    ),
  ),
  chained: fc.boolean(),
});
