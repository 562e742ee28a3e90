import { expect, test } from 'vitest';
import { createRecoveryCodes } from '../../src/store/recovery-codes.ts';
import { ACCOUNT, event, eventCount, iamWorld } from './iam-world.ts';

const ANNA = { type: 'user', id: 'AIDAANNA' } as const;
const BOB = { type: 'user', id: 'AIDABOB' } as const;

test('a recovery code works once for its own person, and not beyond the next set', async () => {
  const world = await iamWorld();
  const codes = createRecoveryCodes(world.db, world.writer);
  await codes.replace(ACCOUNT, ANNA, ['a', 'b'], event);
  expect(await codes.use(ACCOUNT, BOB, 'a', 1)).toBe(false);
  expect(await codes.use('999988887777', ANNA, 'a', 1)).toBe(false);
  const uses = await Promise.all(Array.from({ length: 50 }, () => codes.use(ACCOUNT, ANNA, 'a', 1)));
  expect(uses.filter(Boolean)).toHaveLength(1);
  expect(await codes.count(ACCOUNT, ANNA)).toBe(1);
  await codes.replace(ACCOUNT, ANNA, ['c', 'd', 'e'], event);
  expect(await codes.use(ACCOUNT, ANNA, 'b', 1)).toBe(false);
  expect(await codes.count(ACCOUNT, ANNA)).toBe(3);
  expect(await codes.count(ACCOUNT, BOB)).toBe(0);
  expect(await eventCount(world)).toBe(2);
});
