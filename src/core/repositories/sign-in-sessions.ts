import type { SecurityPreset } from '../passwords/rules.ts';
import type { SignInOwner } from '../sign-in/identity.ts';
import type { SignInSession } from '../sign-in/session.ts';
import type { MakeEvent } from './change.ts';

/** How a person just proved who they are. */
export interface Elevation {
  readonly amr: readonly string[];
  readonly authAtSeconds: number;
  readonly mfaAtSeconds: number | null;
}

/** A session with the preset of its account, which bounds how long it may be idle. */
export interface FoundSignIn {
  readonly session: SignInSession;
  readonly preset: SecurityPreset | null;
}

/** Sign-in sessions. Secrets come in as hashes; nothing here is consulted to accept a credential. */
/** An outside login, as links and as sessions know it. */
export interface BegunByLogin {
  readonly providerId: string;
  /** As sessions bear it. */
  readonly provider: string;
  readonly subject: string;
}

export interface SignInSessions {
  begin(session: SignInSession, secretHash: string, event: MakeEvent): Promise<void>;
  /** @returns the session, alive or not; null where there is none */
  find(accountId: string, secretHash: string): Promise<FoundSignIn | null>;
  /** Notes that the browser is still there. No event: it changes no decision. */
  touch(accountId: string, sessionId: string, nowSeconds: number): Promise<void>;
  /**
   * Gives a session new strength and a new secret; the old one is worth nothing from then on.
   * @throws Fault `concurrent_modification` where the old secret is no longer the session's: one of many at once wins
   */
  elevate(
    session: SignInSession,
    elevation: Elevation,
    secrets: { readonly oldHash: string; readonly newHash: string },
    event: MakeEvent,
  ): Promise<void>;
  /** @returns the person's sessions, the one used last first */
  list(accountId: string, owner: SignInOwner): Promise<readonly SignInSession[]>;
  /** @returns when sessions were last seen, by id; those that have ended are absent */
  lastSeen(accountId: string, sessionIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** @throws Fault `no_such_entity` where this is no session of that person */
  end(accountId: string, owner: SignInOwner, sessionId: string, event: MakeEvent): Promise<void>;
  /** Ends all sessions of a person. */
  endAll(accountId: string, owner: SignInOwner, event: MakeEvent): Promise<void>;
  /**
   * Ends the sessions that an outside login began: all those of somebody from outside, and of the users that it is linked to those
   * that began with it.
   */
  endLogin(accountId: string, owner: SignInOwner, login: BegunByLogin, event: MakeEvent): Promise<void>;
  /** Removes what ended some time ago. */
  sweep(nowSeconds: number): Promise<void>;
}
