/// <reference types="vite/client" />
import { env } from 'cloudflare:test';

// Vite puts the texts into the bundle: inside workerd there is no folder to read.
const MIGRATIONS: Readonly<Record<string, string>> = import.meta.glob('../../drizzle/*.sql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

interface Bindings {
  readonly DB: D1Database;
}

/** The database of this test file with every table made, and empty. */
export async function migratedD1(): Promise<D1Database> {
  const { DB } = env as unknown as Bindings; // bound in wrangler.toml; the test runtime's own type names no binding
  const tables = await tableNames(DB);
  if (tables.length > 0) {
    await DB.batch(tables.map((name) => DB.prepare(`DELETE FROM "${name}"`)));
    return DB;
  }
  const texts = Object.keys(MIGRATIONS)
    .sort()
    .map((path) => MIGRATIONS[path] ?? '');
  const statements = texts.flatMap((text) => text.split('--> statement-breakpoint'));
  await DB.batch(statements.map((sql) => DB.prepare(sql)));
  return DB;
}

async function tableNames(db: D1Database): Promise<readonly string[]> {
  const { results } = await db
    .prepare(
      `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf*' AND name NOT GLOB 'sqlite*'`,
    )
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}
