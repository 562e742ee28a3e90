import type { FactorOwner } from '../mfa/device.ts';
import type { PasswordRules } from '../passwords/rules.ts';
import type { MakeEvent } from './change.ts';

/** A user's password, without the password. */
export interface LoginProfileRecord {
  readonly userName: string;
  readonly createdAtSeconds: number;
  readonly resetRequired: boolean;
}

/** Whose password is meant. */
export type Login =
  | { readonly type: 'user'; readonly userName: string }
  | { readonly type: 'root'; readonly email: string };

/** Everything that checking and changing a password needs, read at once. */
export interface PasswordState {
  readonly owner: FactorOwner;
  readonly arn: string;
  /** Whether the user was disabled because nobody used it. */
  readonly disabled: boolean;
  /** Null for a user that has none. */
  readonly passwordHash: string | null;
  /** Hashes of earlier passwords, newest first. */
  readonly history: readonly string[];
  readonly resetRequired: boolean;
  readonly changedAtSeconds: number;
  readonly rules: PasswordRules;
  /** What a guesser knows: user name, e-mail, account alias. */
  readonly words: readonly string[];
}

/** A password that is to be set. */
export interface NewPassword {
  readonly passwordHash: string;
  readonly resetRequired: boolean;
}

/** The passwords of users and root. Hashes alone are stored; earlier ones are kept, so that they do not come back. */
export interface LoginProfiles {
  /** Names compare without case. @returns null where there is no such user, or where the e-mail is not root's */
  findState(accountId: string, login: Login): Promise<PasswordState | null>;
  /** @throws Fault `no_such_entity` for the user or its profile */
  require(accountId: string, userName: string): Promise<LoginProfileRecord>;
  /** @throws Fault `no_such_entity`, `entity_already_exists` */
  create(
    accountId: string,
    userName: string,
    password: NewPassword,
    event: MakeEvent,
  ): Promise<LoginProfileRecord>;
  /** Sets the password, by somebody else than its owner: wrong tries are forgiven. @throws Fault `no_such_entity` */
  update(
    accountId: string,
    userName: string,
    change: { readonly passwordHash?: string; readonly resetRequired?: boolean },
    event: MakeEvent,
  ): Promise<void>;
  /** Earlier passwords stay remembered. @throws Fault `no_such_entity` */
  remove(accountId: string, userName: string, event: MakeEvent): Promise<void>;
  /**
   * The owner's own change.
   * @param before - the hash that was checked
   * @throws Fault `concurrent_modification` where it is not the present one any more
   */
  replace(
    accountId: string,
    owner: FactorOwner,
    before: string,
    passwordHash: string,
    event: MakeEvent,
  ): Promise<void>;
  /**
   * Notes a good password and forgets the wrong tries before it; no event: what it is used for records itself.
   * @param rehash - the same password under today's parameters, in place of `before`
   */
  noteUse(
    accountId: string,
    owner: FactorOwner,
    nowSeconds: number,
    rehash: { readonly before: string; readonly passwordHash: string } | null,
  ): Promise<void>;
}
