import type { SignInSession } from '../sign-in/session.ts';

/** A client that has learned who signed in, and the session that it knows them by. */
export interface SignInClient {
  readonly accountId: string;
  readonly sessionId: string;
  readonly clientId: string;
  /** Of the person, as ID tokens have it. */
  readonly subject: string;
  readonly sessionExpiresAtSeconds: number;
}

/** One that has to be told that the session ended. */
export interface DueClient extends SignInClient {
  /** When its end was noticed first; null where nobody has tried yet. */
  readonly endedAtSeconds: number | null;
  readonly attempts: number;
}

/**
 * Whom to tell when a browser's session ends. Rows come with the code that tells the client who signed in, and fall due in the batch
 * that ends the session: none is lost between the two.
 */
export interface SignInClients {
  /** @returns those that are to be told now, at most `limit`, the longest due first */
  due(nowSeconds: number, limit: number): Promise<readonly DueClient[]>;
  /**
   * Takes one for an attempt; nobody else has it before the given moment.
   * @returns false where somebody else took it
   */
  claim(client: DueClient, nowSeconds: number, againAtSeconds: number): Promise<boolean>;
  /** It has been told, or will not be told any more. */
  forget(client: SignInClient): Promise<void>;
  /** @returns sessions with clients to tell that lived before the latest revocation of their account, at most `limit` */
  unchecked(limit: number): Promise<readonly SignInSession[]>;
  /** @param sequence - the last revocation that was looked at */
  markChecked(accountId: string, sessionId: string, sequence: number): Promise<void>;
}
