import fc from 'fast-check';
import type { Delegation } from '../../src/core/credentials/delegation.ts';
import type { Lineage, Origin } from '../../src/core/credentials/lineage.ts';
import type {
  RoleIdentity,
  Session,
  SessionIdentity,
  UserIdentity,
} from '../../src/core/credentials/session.ts';
import { START_SECONDS } from './fake-world.ts';

/** A plain role session; what a test says of it lies over. */
export const roleSession = (over: Partial<Session<RoleIdentity>> = {}): Session<RoleIdentity> =>
  sessionOf({ type: 'role', roleId: 'AROAEXAMPLE', roleName: 'Reader', sessionName: 'anna' }, over);

/** The user of `testUser`, as sessions carry it. */
export const USER_IDENTITY: UserIdentity = { type: 'user', userId: 'AIDAEXAMPLE', userName: 'anna' };

/** A plain session of any kind of identity; what a test says of it lies over. */
export const sessionOf = <Identity extends SessionIdentity>(
  identity: Identity,
  over: Partial<Session<Identity>> = {},
): Session<Identity> => ({
  sessionId: 'ses_1',
  accountId: '111122223333',
  identity,
  issuedAtSeconds: START_SECONDS,
  expiresAtSeconds: START_SECONDS + 3600,
  policies: null,
  scopes: [],
  mfaAtSeconds: null,
  tags: [],
  transitiveTagKeys: [],
  sourceIdentity: null,
  federation: null,
  chained: false,
  ...over,
});

const text = fc.string({ maxLength: 20, unit: 'binary' });

const anyUser = fc.record({ type: fc.constant('user' as const), userId: text, userName: text });
const anyRoot = fc.record({ type: fc.constant('root' as const) });

const anyOrigin: fc.Arbitrary<Origin> = fc.oneof(
  fc.record(
    { type: fc.constant('user' as const), userId: text, accessKeyId: text },
    { requiredKeys: ['type', 'userId'] },
  ),
  anyRoot,
  fc.record({ type: fc.constant('login' as const), provider: text, subject: text }),
);

const anyMadeFrom = fc.array(text, { minLength: 1, maxLength: 4 });

const anyLineage: fc.Arbitrary<Lineage> = fc.record({
  origin: fc.option(anyOrigin),
  ancestors: fc.array(
    fc.record(
      {
        sessionId: text,
        issuedAtSeconds: fc.nat(),
        roleId: fc.option(text.filter((id) => id !== '')),
        sourceIdentity: fc.boolean(),
        origin: anyOrigin,
        madeFrom: anyMadeFrom,
      },
      { requiredKeys: ['sessionId', 'issuedAtSeconds', 'roleId', 'sourceIdentity'] },
    ),
    { maxLength: 8 },
  ),
});

const anyParty = fc.record({ issuer: text, subject: text });

const anyDelegation: fc.Arbitrary<Delegation> = fc
  .record({
    actors: fc.array(
      fc.record({ issuer: text, subject: text, arn: text }, { requiredKeys: ['issuer', 'subject'] }),
      { maxLength: 4 },
    ),
    mayAct: fc.option(anyParty),
  })
  .filter(({ actors, mayAct }) => actors.length > 0 || mayAct !== null);

/** Every kind of session, with texts of any kind in it. */
const anyPlainSession: fc.Arbitrary<Session> = fc.record({
  sessionId: text,
  accountId: fc.stringMatching(/^[0-9]{12}$/),
  identity: fc.oneof(
    fc.record({ type: fc.constant('role' as const), roleId: text, roleName: text, sessionName: text }),
    anyUser,
    anyRoot,
    fc.record({ type: fc.constant('federated-user' as const), name: text, by: fc.oneof(anyUser, anyRoot) }),
  ),
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
  scopes: fc.array(text, { maxLength: 3 }),
  mfaAtSeconds: fc.option(fc.nat()),
});

const anyCertificate = fc.record({
  trustAnchorId: text,
  profileId: fc.option(text.filter((id) => id !== '')),
  path: fc.array(fc.record({ issuer: text, serial: text }), { minLength: 1, maxLength: 3 }),
});

/** The same, some of them chained from others, proved by a certificate, or with somebody who acts in them. */
export const anySession: fc.Arbitrary<Session> = fc
  .tuple(
    anyPlainSession,
    fc.option(anyLineage),
    fc.option(fc.integer({ min: 1 })),
    fc.option(anyCertificate),
    fc.option(anyDelegation),
    fc.option(anyMadeFrom),
  )
  .map(([session, lineage, notAfterSeconds, certificate, delegation, madeFrom]) => ({
    ...session,
    ...(madeFrom !== null && { madeFrom }),
    ...(certificate !== null && { certificate }),
    ...(delegation !== null && { delegation }),
    ...(lineage !== null && (lineage.origin !== null || lineage.ancestors.length > 0) && { lineage }),
    ...(notAfterSeconds !== null && { notAfterSeconds }),
  }));
