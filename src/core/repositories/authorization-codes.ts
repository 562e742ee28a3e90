import type { AuditEvent } from '../audit/event.ts';
import type { Consent } from '../oauth/consent.ts';
import type { PersonalGrant } from '../oauth/personal-grant.ts';
import type { SignInClient } from './sign-in-clients.ts';

/** A code that a client is given through the browser, and what it is bound to. */
export interface AuthorizationCode {
  readonly accountId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  readonly nonce: string | null;
  /** Of the key that must be proved; null where none need be. */
  readonly keyThumbprint: string | null;
  readonly grant: PersonalGrant;
  readonly expiresAtSeconds: number;
}

/** What a client shows to redeem one: each member must be what the code is bound to. */
export interface CodeProof {
  readonly accountId: string;
  readonly codeHash: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string;
  /** Of the key that was proved, or null: a code that is bound to none takes any. */
  readonly keyThumbprint: string | null;
}

/** What is written with a code, in its batch. */
export interface KeptBeside {
  /** The client, where it has to be told when the person's sign-in ends. */
  readonly toTell: SignInClient | null;
  /** What the person let it have, where that is remembered. */
  readonly consent: Consent | null;
}

/** Authorization codes (RFC 6749 section 4.1): kept as hashes, and a while past their use, so that a second use is noticed. */
export interface AuthorizationCodes {
  keep(code: AuthorizationCode, codeHash: string, event: AuditEvent, beside: KeptBeside): Promise<void>;
  /** Uses a code up, in one statement: of many at once, one gets it. @returns null where any member differs, or it is used or late */
  redeem(proof: CodeProof, nowSeconds: number): Promise<AuthorizationCode | null>;
  /** @returns what a used code has given; null for one that is none, or is not used */
  findUsed(accountId: string, codeHash: string): Promise<AuthorizationCode | null>;
  sweep(nowSeconds: number): Promise<void>;
}

/** Requests that clients have pushed (RFC 9126). */
export interface PushedRequests {
  keep(
    request: {
      readonly accountId: string;
      readonly clientId: string;
      readonly parameters: readonly (readonly [string, string])[];
      readonly expiresAtSeconds: number;
    },
    requestHash: string,
    event: AuditEvent,
  ): Promise<void>;
  /** Takes a request, once. @returns null for one that is none, another client's, taken or late */
  take(
    accountId: string,
    clientId: string,
    requestHash: string,
    nowSeconds: number,
  ): Promise<readonly (readonly [string, string])[] | null>;
  sweep(nowSeconds: number): Promise<void>;
}
