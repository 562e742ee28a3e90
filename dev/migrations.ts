import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One numbered SQL file of drizzle/, cut into its statements. */
export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
}

/** The slice of D1 that a migration needs. */
export interface MigrationDatabase {
  prepare(sql: string): D1PreparedStatement;
  batch(statements: D1PreparedStatement[]): Promise<unknown>;
}

/**
 * Reads a folder's `*.sql` files in the order of their names.
 * @param split - cuts SQL text into statements, and leaves a trigger's inner semicolons alone
 */
export function readMigrations(
  folder: string,
  split: (sql: string) => readonly string[],
): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, statements: split(readFileSync(join(folder, name), 'utf8')) }));
}

// As `wrangler d1 migrations apply` makes it, so that either can go on where the other stopped.
const bookkeeping = `CREATE TABLE IF NOT EXISTS d1_migrations(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

/**
 * Applies what has not been applied yet, in order; each migration and its note of it is one atomic batch.
 * @returns the names of the migrations applied by this call
 * @throws Error that names the migration which failed; those before it stay applied
 */
export async function applyMigrations(
  d1: MigrationDatabase,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  await d1.prepare(bookkeeping).run();
  const { results } = await d1.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  const missing = migrations.filter(({ name }) => !applied.has(name));
  for (const { name, statements } of missing) {
    const note = d1.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name);
    try {
      await d1.batch([...statements.map((sql) => d1.prepare(sql)), note]);
    } catch (cause) {
      throw new Error(`migration ${name} failed: ${cause instanceof Error ? cause.message : cause}`, {
        cause,
      });
    }
  }
  return missing.map(({ name }) => name);
}
