/**
 * The credential report: one line for the root user and for each user, as AWS writes it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
 */

/** The columns, in their order. */
export const REPORT_COLUMNS = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'password_next_rotation',
  'mfa_active',
  'access_key_1_active',
  'access_key_1_last_rotated',
  'access_key_1_last_used_date',
  'access_key_1_last_used_region',
  'access_key_1_last_used_service',
  'access_key_2_active',
  'access_key_2_last_rotated',
  'access_key_2_last_used_date',
  'access_key_2_last_used_region',
  'access_key_2_last_used_service',
  'cert_1_active',
  'cert_1_last_rotated',
  'cert_2_active',
  'cert_2_last_rotated',
] as const;

export interface ReportedKey {
  readonly active: boolean;
  readonly createdAtSeconds: number;
  readonly lastUsedAtSeconds: number | null;
  readonly lastUsedRegion: string | null;
  readonly lastUsedService: string | null;
}

export interface ReportedUser {
  readonly name: string;
  readonly arn: string;
  readonly createdAtSeconds: number;
  /** Null where there is none to sign in with. */
  readonly password: {
    readonly lastUsedAtSeconds: number | null;
    readonly changedAtSeconds: number;
    /** Null where passwords do not expire. */
    readonly expiresAtSeconds: number | null;
  } | null;
  readonly mfaActive: boolean;
  /** Oldest first. */
  readonly keys: readonly ReportedKey[];
}

export interface ReportedRoot {
  readonly arn: string;
  readonly createdAtSeconds: number;
  readonly passwordLastUsedAtSeconds: number | null;
  readonly mfaActive: boolean;
}

const NONE = 'N/A';
const UNKNOWN = 'no_information';
const NOT_FOR_ROOT = 'not_supported';

export const REPORT_HEADER = REPORT_COLUMNS.join(',');

/** The line of a user. */
export function userLine(user: ReportedUser): string {
  const { password } = user;
  return line([
    user.name,
    user.arn,
    instant(user.createdAtSeconds),
    flag(password !== null),
    ...(password === null
      ? [NONE, NONE, NONE]
      : [
          momentOr(UNKNOWN, password.lastUsedAtSeconds),
          instant(password.changedAtSeconds),
          momentOr(NONE, password.expiresAtSeconds),
        ]),
    flag(user.mfaActive),
    ...keyFields(user.keys[0]),
    ...keyFields(user.keys[1]),
    ...CERTIFICATES,
  ]);
}

/** The line of the root user: what its password has to do is nobody's policy. */
export const rootLine = (root: ReportedRoot): string =>
  line([
    '<root_account>',
    root.arn,
    instant(root.createdAtSeconds),
    NOT_FOR_ROOT,
    momentOr(UNKNOWN, root.passwordLastUsedAtSeconds),
    NOT_FOR_ROOT,
    NOT_FOR_ROOT,
    flag(root.mfaActive),
    ...keyFields(undefined),
    ...keyFields(undefined),
    ...CERTIFICATES,
  ]);

/** Signing certificates served interfaces that are no more: nobody has any. */
const CERTIFICATES = ['false', NONE, 'false', NONE];

const keyFields = (key: ReportedKey | undefined): readonly string[] =>
  key === undefined
    ? ['false', NONE, NONE, NONE, NONE]
    : [
        flag(key.active),
        instant(key.createdAtSeconds),
        momentOr(NONE, key.lastUsedAtSeconds),
        key.lastUsedRegion ?? NONE,
        key.lastUsedService ?? NONE,
      ];

const flag = (value: boolean): string => (value ? 'true' : 'false');

const instant = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace('.000Z', '+00:00');

const momentOr = (otherwise: string, seconds: number | null): string =>
  seconds === null ? otherwise : instant(seconds);

/** A name or a region may hold a comma or a quotation mark. */
const line = (fields: readonly string[]): string =>
  fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
