/**
 * Vars and secrets → one frozen Config. Reads every setting once, checks it, and stops the worker with a clear text when one
 * is wrong: a broker that guesses its own settings must not run.
 */

/** What wrangler.toml and the secrets bind. */
export interface Env {
  readonly DB: D1Database;
  readonly AUDIT_BUFFER: DurableObjectNamespace;
  readonly DAYPASS_MODE?: string;
  readonly DAYPASS_ISSUER?: string;
  readonly DAYPASS_MTLS_ORIGIN?: string;
  readonly DAYPASS_CLIENT_DOCUMENTS?: string;
  readonly DAYPASS_FRESHNESS_SECONDS?: string;
  readonly DAYPASS_AUDIT_SHARDS?: string;
  readonly DAYPASS_KEY_ROTATION_DAYS?: string;
  readonly DAYPASS_SIGN_IN_IDLE_SECONDS?: string;
  readonly DAYPASS_SIGN_IN_MAX_SECONDS?: string;
  readonly DAYPASS_KEK?: string;
  readonly DAYPASS_KEK_PREVIOUS?: string;
  readonly DAYPASS_SETUP_TOKEN?: string;
  readonly DAYPASS_RECOVERY_TOKEN?: string;
  // Local mode alone: where stand-ins for the built-in providers are (src/providers/endpoints.ts).
  readonly DAYPASS_GOOGLE_DISCOVERY_URL?: string;
  readonly DAYPASS_FACEBOOK_DISCOVERY_URL?: string;
  readonly DAYPASS_FACEBOOK_GRAPH_URL?: string;
  readonly DAYPASS_X_API_URL?: string;
}

/** A key-encryption key by its id; it wraps the keyring and nothing else. */
export interface KeyEncryptionKey {
  readonly id: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Config {
  readonly mode: 'production' | 'local';
  /** The exact `iss` of our tokens and the origin of every URL we name; no trailing slash. */
  readonly issuer: string;
  /** The origin at which Cloudflare asks clients for certificates; null where it does at none. */
  readonly mtlsOrigin: string | null;
  /** Whether clients that nobody has registered are met by the address of their document. */
  readonly clientDocuments: boolean;
  /** Seconds an isolate trusts what it holds, counted from when the read started. */
  readonly freshnessSeconds: number;
  readonly auditShards: number;
  /** How long a key of the keyring is in use before the next takes its place. */
  readonly keyRotationSeconds: number;
  /** Sign-in sessions end after so long without a request, and after so long in all. */
  readonly signIn: { readonly idleSeconds: number; readonly maxSeconds: number };
  /** The first wraps new keys; the others open what an earlier one wrapped. */
  readonly keyEncryptionKeys: readonly [KeyEncryptionKey, ...KeyEncryptionKey[]];
  /** Null where no token is set: then nobody can set this deployment up. */
  readonly setupToken: string | null;
  /** Null where no token is set: then nobody can recover root. */
  readonly recoveryToken: string | null;
  /** Where stand-ins take the place of built-in providers; all null in production. */
  readonly standIns: StandIns;
}

/** Addresses as they were set; null where the real provider is asked. */
export interface StandIns {
  readonly googleDiscovery: string | null;
  readonly facebookDiscovery: string | null;
  readonly facebookGraph: string | null;
  readonly xApi: string | null;
}

/** A setting that cannot be used. The text names the setting and never repeats a secret's value. */
export class ConfigError extends Error {
  constructor(setting: string, problem: string) {
    super(`setting ${setting} ${problem}`);
    this.name = 'ConfigError';
  }
}

const SECONDS_PER_DAY = 86_400;

/**
 * @param env - the bindings of this worker
 * @returns the checked settings
 * @throws ConfigError naming the setting that is missing or wrong
 */
export function readConfig(env: Env): Config {
  const mode = readMode(env.DAYPASS_MODE);
  const setupToken = readToken('DAYPASS_SETUP_TOKEN', env.DAYPASS_SETUP_TOKEN ?? null);
  const recoveryToken = readToken('DAYPASS_RECOVERY_TOKEN', env.DAYPASS_RECOVERY_TOKEN || null);
  // One that was left in place after setup must not be good for more.
  if (recoveryToken !== null && recoveryToken === setupToken) {
    throw new ConfigError('DAYPASS_RECOVERY_TOKEN', 'must be another than DAYPASS_SETUP_TOKEN');
  }
  return Object.freeze({
    mode,
    issuer: readOrigin('DAYPASS_ISSUER', env.DAYPASS_ISSUER, mode),
    mtlsOrigin: env.DAYPASS_MTLS_ORIGIN
      ? readOrigin('DAYPASS_MTLS_ORIGIN', env.DAYPASS_MTLS_ORIGIN, mode)
      : null,
    clientDocuments: readSwitch('DAYPASS_CLIENT_DOCUMENTS', env.DAYPASS_CLIENT_DOCUMENTS),
    freshnessSeconds: readInteger('DAYPASS_FRESHNESS_SECONDS', env.DAYPASS_FRESHNESS_SECONDS, 5, 1, 60),
    auditShards: readInteger('DAYPASS_AUDIT_SHARDS', env.DAYPASS_AUDIT_SHARDS, 4, 1, 256),
    keyRotationSeconds:
      readInteger('DAYPASS_KEY_ROTATION_DAYS', env.DAYPASS_KEY_ROTATION_DAYS, 30, 2, 366) * SECONDS_PER_DAY,
    signIn: {
      idleSeconds: readInteger(
        'DAYPASS_SIGN_IN_IDLE_SECONDS',
        env.DAYPASS_SIGN_IN_IDLE_SECONDS,
        900,
        60,
        43_200,
      ),
      maxSeconds: readInteger(
        'DAYPASS_SIGN_IN_MAX_SECONDS',
        env.DAYPASS_SIGN_IN_MAX_SECONDS,
        43_200,
        900,
        86_400,
      ),
    },
    keyEncryptionKeys: readKeys(env),
    setupToken,
    recoveryToken,
    standIns: readStandIns(env, mode),
  });
}

/** Off unless it is `on`. */
function readSwitch(setting: string, value: string | undefined): boolean {
  if (value === undefined || value === '' || value === 'off') return false;
  if (value === 'on') return true;
  throw new ConfigError(setting, 'must be on or off');
}

function readToken(setting: string, value: string | null): string | null {
  if (value === null || value.length >= 32) return value;
  throw new ConfigError(setting, 'must have at least 32 characters');
}

/** In production they are passed over: nobody may move Google by a setting. */
function readStandIns(env: Env, mode: Config['mode']): StandIns {
  const local = (value: string | undefined) => (mode === 'local' && value !== '' ? (value ?? null) : null);
  return {
    googleDiscovery: local(env.DAYPASS_GOOGLE_DISCOVERY_URL),
    facebookDiscovery: local(env.DAYPASS_FACEBOOK_DISCOVERY_URL),
    facebookGraph: local(env.DAYPASS_FACEBOOK_GRAPH_URL),
    xApi: local(env.DAYPASS_X_API_URL),
  };
}

function readMode(value: string | undefined): Config['mode'] {
  if (value === 'production' || value === 'local') return value;
  throw new ConfigError('DAYPASS_MODE', 'must be production or local');
}

function readOrigin(setting: string, value: string | undefined, mode: Config['mode']): string {
  const url = value === undefined ? null : URL.parse(value);
  if (url === null) throw new ConfigError(setting, 'must be the public origin of this deployment');
  if (url.origin !== value) throw new ConfigError(setting, 'must be an origin: no path, no trailing slash');
  const loopback = url.hostname === 'localhost';
  if (url.protocol !== 'https:' && !(mode === 'local' && loopback)) {
    throw new ConfigError(setting, 'must be https (http://localhost in local mode alone)');
  }
  return value;
}

function readInteger(
  setting: string,
  value: string | undefined,
  byDefault: number,
  min: number,
  max: number,
): number {
  if (value === undefined || value === '') return byDefault;
  const number = /^[0-9]{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new ConfigError(setting, `must be a whole number from ${min} to ${max}`);
}

function readKeys(env: Env): Config['keyEncryptionKeys'] {
  const current = readKey('DAYPASS_KEK', env.DAYPASS_KEK);
  if (current === null) throw new ConfigError('DAYPASS_KEK', 'is missing');
  const previous = readKey('DAYPASS_KEK_PREVIOUS', env.DAYPASS_KEK_PREVIOUS);
  if (previous === null) return [current];
  if (previous.id === current.id)
    throw new ConfigError('DAYPASS_KEK_PREVIOUS', 'must have another id than DAYPASS_KEK');
  return [current, previous];
}

function readKey(setting: string, value: string | undefined): KeyEncryptionKey | null {
  if (value === undefined || value === '') return null;
  const parts = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]{43}=)$/.exec(value);
  if (parts?.[1] === undefined || parts[2] === undefined) {
    throw new ConfigError(setting, 'must be id:base64 of 32 random bytes');
  }
  return { id: parts[1], bytes: Uint8Array.from(atob(parts[2]), (character) => character.charCodeAt(0)) };
}
