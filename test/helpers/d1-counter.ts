/** What one call to the database was: one round trip, with the statements in it. */
export interface D1Call {
  readonly kind: 'query' | 'batch' | 'exec';
  readonly sql: readonly string[];
}

/** A D1 database that notes each call before it goes out, and can be made unreachable. */
export interface CountedD1 {
  readonly db: D1Database;
  readonly calls: D1Call[];
  /** True makes each call fail as it does when D1 cannot be reached. */
  unreachable: boolean;
}

/** Wraps a database (and the sessions made of it); statements are noted when they run, not when they are prepared. */
export function countD1(real: D1Database): CountedD1 {
  const counted: CountedD1 = { db: real, calls: [], unreachable: false };
  const note = (call: D1Call): void => {
    counted.calls.push(call);
    if (counted.unreachable) throw new Error('D1_ERROR: Network connection lost.');
  };
  return Object.assign(counted, { db: wrapDatabase(real, note) });
}

type Note = (call: D1Call) => void;

// A batch needs the real statements, so each wrapper remembers the one that it stands for.
const originals = new WeakMap<object, { statement: D1PreparedStatement; sql: string }>();

function wrapDatabase<T extends D1Database | D1DatabaseSession>(real: T, note: Note): T {
  return overlay(real, {
    prepare: (sql: string) => wrapStatement(real.prepare(sql), sql, note),
    batch: async (statements: D1PreparedStatement[]) => {
      const inside = statements.map(requireOriginal);
      note({ kind: 'batch', sql: inside.map(({ sql }) => sql) });
      return real.batch(inside.map(({ statement }) => statement));
    },
    exec: async (sql: string) => {
      note({ kind: 'exec', sql: [sql] });
      if (!('exec' in real)) throw new Error('a D1 session has no exec');
      return real.exec(sql);
    },
    withSession: (constraint?: string) => {
      if (!('withSession' in real)) throw new Error('a D1 session has no sessions');
      return wrapDatabase(real.withSession(constraint), note);
    },
  });
}

function wrapStatement(real: D1PreparedStatement, sql: string, note: Note): D1PreparedStatement {
  const running =
    <A extends unknown[], R>(run: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      note({ kind: 'query', sql: [sql] });
      return run(...args);
    };
  const wrapped = overlay(real, {
    bind: (...values: unknown[]) => wrapStatement(real.bind(...values), sql, note),
    first: running((...args: [] | [string]) => Reflect.apply(real.first, real, args)),
    all: running(() => real.all()),
    run: running(() => real.run()),
    raw: running((...args: unknown[]) => Reflect.apply(real.raw, real, args)),
  });
  originals.set(wrapped, { statement: real, sql });
  return wrapped;
}

function requireOriginal(statement: D1PreparedStatement) {
  const original = originals.get(statement);
  if (original === undefined) throw new Error('a statement of another database');
  return original;
}

/** The real object with some methods replaced; every other one is called on the real object itself. */
function overlay<T extends object>(real: T, replaced: Readonly<Record<string, unknown>>): T {
  const methods = new Map(Object.entries(replaced));
  return new Proxy(real, {
    get: (target, name) => {
      const ours = typeof name === 'string' ? methods.get(name) : undefined;
      if (ours !== undefined) return ours;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
