/** What setup answers and `bootstrap.json` holds: where the broker is and the first keys to it. */
export interface Bootstrap {
  readonly endpoint: string;
  /** Twelve digits. */
  readonly accountId: string;
  readonly root: { readonly email: string; readonly password: string };
  /** A user with the managed policy AdministratorAccess. */
  readonly admin: {
    readonly userName: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
}

/**
 * Reads a bootstrap document and drops whatever else it holds.
 * @throws Error naming the first member that is missing; it never repeats the text, which holds secrets
 */
export function parseBootstrap(text: string): Bootstrap {
  const member = reader(parseObject(text), '');
  const root = reader(member.object('root'), 'root.');
  const admin = reader(member.object('admin'), 'admin.');
  return {
    endpoint: member.string('endpoint'),
    accountId: member.string('accountId'),
    root: { email: root.string('email'), password: root.string('password') },
    admin: {
      userName: admin.string('userName'),
      accessKeyId: admin.string('accessKeyId'),
      secretAccessKey: admin.string('secretAccessKey'),
    },
  };
}

/** Formats a bootstrap document as it stands in the file. */
export function formatBootstrap(bootstrap: Bootstrap): string {
  return `${JSON.stringify(bootstrap, null, 2)}\n`;
}

function parseObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}

function reader(value: unknown, prefix: string) {
  const members = new Map<string, unknown>(
    typeof value === 'object' && value !== null ? Object.entries(value) : [],
  );
  return {
    object: (name: string): unknown => members.get(name),
    string: (name: string): string => {
      const found = members.get(name);
      if (typeof found !== 'string' || found === '') throw new Error(`\`${prefix}${name}\` is missing`);
      return found;
    },
  };
}
