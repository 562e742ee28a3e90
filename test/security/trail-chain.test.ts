/** The trail as somebody would falsify it who can write to the database: whatever was sealed, it shows. */
import { CreateUserCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;
beforeAll(async () => {
  scenario = await startScenario();
});
afterAll(() => scenario.stop());

const d1 = () => scenario.daypass.d1;
const run = (sql: string, ...values: readonly unknown[]) =>
  d1()
    .prepare(sql)
    .bind(...values)
    .run();

/** Checks the whole chain, call by call. */
async function verify(from = 1): ReturnType<typeof verifyOnce> {
  const found = await verifyOnce(from);
  if (found.next === undefined) return found;
  const rest = await verify(Number(found.next));
  return { ...rest, checkpoints: found.checkpoints + rest.checkpoints, events: found.events + rest.events };
}

async function verifyOnce(from: number) {
  const answer = await daypassQuery(scenario.daypass, 'VerifyTrail', { FromCheckpoint: String(from) });
  const one = (name: string): string | undefined => answer.all(name)[0];
  return {
    verified: one('Verified'),
    checkpoints: Number(one('Checkpoints')),
    events: Number(one('Events')),
    next: one('NextCheckpoint'),
    problem: one('Problem'),
    at: [one('ProblemCheckpoint'), one('ProblemPosition')],
  };
}

/** Makes an event that is written with its change. */
let users = 0;
async function makeEvents(count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) {
    users += 1;
    await scenario.daypass.iam().send(new CreateUserCommand({ UserName: `user-${users}` }));
  }
}

const positions = async () => {
  const { results } = await d1()
    .prepare(
      'SELECT max(chain_position) AS top, count(*) AS sealed FROM audit_events WHERE chain_position > 0',
    )
    .all<{ top: number; sealed: number }>();
  return results[0] ?? { top: 0, sealed: 0 };
};

beforeAll(async () => {
  await makeEvents(3);
  await scenario.daypass.scheduled();
  await makeEvents(3);
  await scenario.daypass.scheduled();
});

describe('the chain', () => {
  test('seals what has come since the last time, each event once, though the trigger fires twice', async () => {
    await makeEvents(5);
    await Promise.all([scenario.daypass.scheduled(), scenario.daypass.scheduled()]);
    const { top, sealed } = await positions();
    expect(sealed).toBe(top);
    const found = await verify();
    expect(found).toMatchObject({ verified: 'true', events: top, problem: undefined, next: undefined });
    expect(found.checkpoints).toBeGreaterThanOrEqual(3);
  });

  test('takes in what was drained from the buffers, late or not', async () => {
    await scenario.daypass.iam().send(new ListUsersCommand({}));
    const sealed = async () => {
      await scenario.daypass.scheduled();
      const { results } = await d1()
        .prepare("SELECT event_id FROM audit_events WHERE event_name = 'ListUsers' AND chain_position > 0")
        .all();
      return results.length;
    };
    await expect.poll(sealed, { timeout: 20_000 }).toBe(1);
    expect(await verify()).toMatchObject({ verified: 'true' });
  });

  test('can be checked from any checkpoint on', async () => {
    const all = await verify();
    const rest = await verify(2);
    expect(rest).toMatchObject({ verified: 'true', checkpoints: all.checkpoints - 1 });
    expect(rest.events).toBeLessThan(all.events);
    expect(await verify(all.checkpoints + 1)).toMatchObject({ verified: 'true', checkpoints: 0 });
  });

  test('is told to the log, where D1 does not reach', async () => {
    await expect
      .poll(() => scenario.daypass.logs.filter((line) => line.includes('trail.checkpoint')).length)
      .toBeGreaterThan(1);
  });

  test('is checked by those alone who may', async () => {
    const nobody = await scenario.makeUser('nobody', { Effect: 'Allow', Action: 'iam:*', Resource: '*' });
    const answer = await daypassQuery(scenario.daypass, 'VerifyTrail', {}, nobody);
    expect([answer.status, answer.code]).toEqual([403, 'AccessDenied']);
    for (const FromCheckpoint of ['0', '-1', 'x', '1.5']) {
      const wrong = await daypassQuery(scenario.daypass, 'VerifyTrail', { FromCheckpoint });
      expect([wrong.status, wrong.code]).toEqual([400, 'ValidationError']);
    }
  });
});

describe('whoever can write to D1', () => {
  beforeEach(async () => {
    await makeEvents(3);
    await scenario.daypass.scheduled();
    expect(await verify()).toMatchObject({ verified: 'true' });
  });

  /** Does damage, looks, and repairs it. */
  async function damaged(damage: () => Promise<unknown>, repair: () => Promise<unknown>) {
    await damage();
    const found = await verify();
    await repair();
    expect(await verify()).toMatchObject({ verified: 'true' });
    return found;
  }

  test.for(['body', 'outcome', 'principal_arn', 'event_name', 'at_milliseconds', 'request_id', 'account_id'])(
    'cannot change %s of an event',
    async (column) => {
      const before = await d1()
        .prepare(`SELECT ${column} AS value FROM audit_events WHERE chain_position = 2`)
        .first<{ value: unknown }>();
      const set = (value: unknown) =>
        run(`UPDATE audit_events SET ${column} = ? WHERE chain_position = 2`, value);
      const found = await damaged(
        () => set(column === 'at_milliseconds' ? 1 : 'falsified'),
        () => set(before?.value ?? null),
      );
      expect(found).toMatchObject({ verified: 'false', problem: 'EventChanged', at: ['1', undefined] });
    },
  );

  test('cannot remove an event, or take its place away', async () => {
    const found = await damaged(
      () => run('UPDATE audit_events SET chain_position = NULL WHERE chain_position = 3'),
      () =>
        run(
          'UPDATE audit_events SET chain_position = 3 WHERE chain_position IS NULL AND event_name = ?',
          'SetUp',
        ).then(() => restorePlace(3)),
    );
    expect(found).toMatchObject({ verified: 'false', problem: 'EventMissing', at: ['1', '3'] });
  });

  /** The one event without a place that is older than all others gets its place back. */
  const restorePlace = (position: number) =>
    run(
      `UPDATE audit_events SET chain_position = ? WHERE event_id =
         (SELECT event_id FROM audit_events WHERE chain_position IS NULL ORDER BY at_milliseconds LIMIT 1)
         AND NOT EXISTS (SELECT 1 FROM audit_events WHERE chain_position = ?)`,
      position,
      position,
    );

  test('cannot let two events change places', async () => {
    const swap = async () => {
      await run('UPDATE audit_events SET chain_position = -1 WHERE chain_position = 2');
      await run('UPDATE audit_events SET chain_position = 2 WHERE chain_position = 3');
      await run('UPDATE audit_events SET chain_position = 3 WHERE chain_position = -1');
    };
    const found = await damaged(swap, swap);
    expect(found).toMatchObject({ verified: 'false', problem: 'EventChanged' });
  });

  test('cannot add an event behind the end', async () => {
    const { top } = await positions();
    const found = await damaged(
      () =>
        run(
          `INSERT INTO audit_events (account_id, event_id, at_milliseconds, event_source, event_name, outcome, request_id, body, chain_position)
           VALUES ('1', 'forged', 1, 's', 'n', 'success', 'r', '{}', ?)`,
          top + 1,
        ),
      () => run("DELETE FROM audit_events WHERE event_id = 'forged'"),
    );
    expect(found).toMatchObject({
      verified: 'false',
      problem: 'EventNotSealed',
      at: [expect.any(String), String(top + 1)],
    });
  });

  test('cannot keep an event from being sealed by a place that no checkpoint will ever cover', async () => {
    for (const place of [0, -1, -99]) {
      const found = await damaged(
        () =>
          makeEvents(1).then(() =>
            run(
              `UPDATE audit_events SET chain_position = ? WHERE event_id =
                 (SELECT event_id FROM audit_events WHERE chain_position IS NULL AND event_name = 'CreateUser' LIMIT 1)`,
              place,
            ),
          ),
        async () => {
          await run('UPDATE audit_events SET chain_position = NULL WHERE chain_position = ?', place);
          await scenario.daypass.scheduled();
        },
      );
      expect(found).toMatchObject({ verified: 'false', problem: 'EventNotSealed' });
    }
  });

  test('cannot write a checkpoint that fits what was changed', async () => {
    const row = await d1().prepare('SELECT * FROM trail_checkpoints WHERE number = 2').first();
    const restore = () =>
      run(
        'UPDATE trail_checkpoints SET head = ?, statement = ?, last_position = ? WHERE number = 2',
        ...[row?.head, row?.statement, row?.last_position],
      );
    const forged = { verified: 'false', problem: 'CheckpointForged', at: ['2', undefined] };
    const another = () => run("UPDATE trail_checkpoints SET head = 'x' WHERE number = 2");
    expect(await damaged(another, restore)).toMatchObject(forged);
    const unsigned = () => run("UPDATE trail_checkpoints SET statement = 'a.b.c' WHERE number = 2");
    expect(await damaged(unsigned, restore)).toMatchObject(forged);
    const borrowed = () =>
      run(
        'UPDATE trail_checkpoints SET statement = (SELECT statement FROM trail_checkpoints WHERE number = 1) WHERE number = 2',
      );
    expect(await damaged(borrowed, restore)).toMatchObject(forged);
  });

  test('cannot take a checkpoint out of the middle', async () => {
    const row = (await d1().prepare('SELECT * FROM trail_checkpoints WHERE number = 2').first()) ?? {};
    const columns = Object.keys(row);
    const found = await damaged(
      () => run('DELETE FROM trail_checkpoints WHERE number = 2'),
      () =>
        run(
          `INSERT INTO trail_checkpoints (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
          ...Object.values(row),
        ),
    );
    expect(found).toMatchObject({ verified: 'false', problem: 'CheckpointMissing', at: ['2', undefined] });
  });
});

test('a trail key that is retired in an emergency signs nothing more; what it signed still holds, and sealing goes on', async () => {
  const { all } = await daypassQuery(scenario.daypass, 'ListKeys');
  const [purposes, states] = [all('Purpose'), all('State')];
  const KeyId = all('KeyId').find((_, at) => purposes[at] === 'trail' && states[at] === 'active') ?? '';
  await makeEvents(2);
  await scenario.daypass.scheduled();
  const before = await verify();
  expect(before).toMatchObject({ verified: 'true' });
  expect((await daypassQuery(scenario.daypass, 'RetireKey', { KeyId })).status).toBe(200);
  await makeEvents(2);
  await scenario.daypass.scheduled();
  const after = await verify();
  expect(after).toMatchObject({ verified: 'true', problem: undefined });
  expect(after.events).toBeGreaterThan(before.events);
  const { top, sealed } = await positions();
  expect([after.events, sealed]).toEqual([top, top]);
  const last = await d1()
    .prepare('SELECT statement FROM trail_checkpoints ORDER BY number DESC LIMIT 1')
    .first();
  expect(decodeProtectedHeader(String(last?.statement)).kid).not.toBe(KeyId);
  await scenario.daypass.scheduled();
  expect(await verify()).toMatchObject({ verified: 'true' });
});

test('cutting off the end shows, also after more has been sealed', async () => {
  const before = await verify();
  const last = await d1()
    .prepare('SELECT number, first_position AS first FROM trail_checkpoints ORDER BY number DESC LIMIT 1')
    .first<{ number: number; first: number }>();
  await run('DELETE FROM trail_checkpoints WHERE number = ?', last?.number);
  await run('DELETE FROM audit_events WHERE chain_position >= ?', last?.first);
  const cut = { verified: 'false', at: [String(last?.number), undefined] };
  expect(await verify()).toMatchObject({ ...cut, problem: 'CutOff', checkpoints: before.checkpoints - 1 });
  await makeEvents(2);
  await scenario.daypass.scheduled();
  expect(await verify()).toMatchObject({ ...cut, problem: 'CheckpointMissing' });
  expect(scenario.daypass.logs.some((line) => line.includes('trail.broken'))).toBe(true);
  // What came later is sealed all the same, behind the gap.
  const rest = await verify((last?.number ?? 0) + 2);
  expect(rest).toMatchObject({ verified: 'true' });
});
