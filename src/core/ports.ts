/** The outside world as the core and the use-cases see it: interfaces only, as narrow as their users need. */
import type { AuditEvent } from './audit/event.ts';
import type { Bytes } from './bytes.ts';

export interface Clock {
  /** Milliseconds since 1970. Inside one request of a Worker it moves only across I/O. */
  nowMilliseconds(): number;
}

export interface Random {
  /** @returns that many fresh, unpredictable bytes */
  bytes(count: number): Bytes;
}

/**
 * Keeps a promise alive past the answer of the request that began it. Whatever is shared between requests goes through
 * here: otherwise it never settles once that request has answered.
 */
export type Defer = (promise: Promise<unknown>) => void;

/** A structured log line. Values are names, ids and reasons, never a secret or a token. */
export type Log = (
  level: 'info' | 'warn' | 'error',
  event: string,
  detail?: Readonly<Record<string, unknown>>,
) => void;

/** Bounds lookups in vain, by the address that causes them. */
export interface LookupLimiter {
  isExhausted(address: string): boolean;
  /** Counts one lookup that found nothing. */
  charge(address: string): void;
}

/** Where audit events go. */
export interface AuditSink {
  /**
   * Records an issuance or a signed refusal. Resolves once the event is durable; the answer may leave only then.
   * @throws Fault `service_unavailable` when it cannot be: what cannot be audited does not happen
   */
  record(event: AuditEvent, near: string | null): Promise<void>;
  /** Notes a read, an evaluation or an anonymous refusal: buffered, sampled in a flood, losses counted. */
  note(event: AuditEvent, near: string | null): void;
}

export interface HttpGet {
  /**
   * Fetches a small JSON document from outside: a size cap, no redirects, only addresses that may be asked.
   * @param deadline - ends the attempt
   * @param authorization - the header of that name, where one is needed
   * @throws HttpGetError saying why not
   */
  getJson(url: string, deadline: AbortSignal, authorization?: string): Promise<unknown>;
}

export interface HttpExchange extends HttpGet {
  /** Posts a form under the same bounds. @throws HttpGetError saying why not */
  postForm(
    url: string,
    form: URLSearchParams,
    deadline: AbortSignal,
    authorization?: string,
  ): Promise<unknown>;
}

/**
 * Posts a form to somebody who need only say that it came.
 * @returns the HTTP status. @throws HttpGetError for an address that may not be asked; any error where nobody answers
 */
export type HttpTell = (url: string, form: URLSearchParams, deadline: AbortSignal) => Promise<number>;

/** Hashes passwords so that guessing one costs time and memory. Encoded hashes carry their parameters. */
export interface PasswordHasher {
  /** @param like - an earlier hash of the same owner: its salt is kept, so that all of them are compared at the cost of one */
  hash(password: string, like?: string): Promise<string>;
  /** @param encoded - null where there is none to compare with: the same work is done, and the answer is false */
  verify(password: string, encoded: string | null): Promise<boolean>;
  matchesAny(password: string, encoded: readonly string[]): Promise<boolean>;
  /** Whether a hash has the parameters of today; one that has not is made anew at the next sign-in. */
  isCurrent(encoded: string): boolean;
}
