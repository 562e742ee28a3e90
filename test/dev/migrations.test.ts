import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unstable_splitSqlQuery as splitSqlQuery } from 'wrangler';
import { applyMigrations, readMigrations } from '../../dev/migrations.ts';

const folder = mkdtempSync(join(tmpdir(), 'daypass-migrations-'));
const script = 'export default { fetch: () => new Response() }';
let miniflare: Miniflare;
let d1: Awaited<ReturnType<Miniflare['getD1Database']>>;

beforeAll(async () => {
  miniflare = new Miniflare({
    cf: false,
    workers: [
      {
        config: {
          name: 'migrations',
          compatibilityDate: '2026-10-23',
          manifest: {
            mainModule: 'worker.js',
            modulesRoot: folder,
            modules: { 'worker.js': { type: 'esm', contents: script } },
          },
          env: { DB: { type: 'd1', id: 'migrations' } },
        },
      },
    ],
  });
  d1 = await miniflare.getD1Database('DB');
});
afterAll(async () => {
  await miniflare.dispose();
  rmSync(folder, { recursive: true });
});

const firstSql = `CREATE TABLE a (x INTEGER);
--> statement-breakpoint
CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = x + 1; UPDATE a SET x = x * 2; END;
--> statement-breakpoint
INSERT INTO a VALUES (1);`;

describe('migrations', () => {
  test('they are applied in order, once each, triggers whole', async () => {
    writeFileSync(join(folder, '0001_b.sql'), 'INSERT INTO a VALUES (10);');
    writeFileSync(join(folder, '0000_a.sql'), firstSql);
    writeFileSync(join(folder, 'notes.txt'), 'not SQL');
    const migrations = readMigrations(folder, splitSqlQuery);
    expect(await applyMigrations(d1, migrations)).toEqual(['0000_a.sql', '0001_b.sql']);
    expect(await applyMigrations(d1, migrations)).toEqual([]);
    const { results } = await d1.prepare('SELECT x FROM a ORDER BY x').all();
    expect(results).toEqual([{ x: 10 }, { x: 22 }]);
  });

  test('one that fails leaves nothing of itself, and those before it stay', async () => {
    const good = { name: '0002_good.sql', statements: ['CREATE TABLE c (x INTEGER)'] };
    const bad = {
      name: '0003_bad.sql',
      statements: ['CREATE TABLE d (x INTEGER)', 'INSERT INTO nowhere VALUES (1)'],
    };
    await expect(applyMigrations(d1, [good, bad])).rejects.toThrow(
      /^migration 0003_bad\.sql failed: .*no such table: nowhere/,
    );
    const { results } = await d1.prepare("SELECT name FROM sqlite_master WHERE name IN ('c', 'd')").all();
    expect(results).toEqual([{ name: 'c' }]);
    const applied = await d1.prepare('SELECT name FROM d1_migrations ORDER BY id').all();
    expect(applied.results).toEqual([
      { name: '0000_a.sql' },
      { name: '0001_b.sql' },
      { name: '0002_good.sql' },
    ]);
  });
});
