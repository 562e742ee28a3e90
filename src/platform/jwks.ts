/**
 * The signing keys of outside issuers, by discovery: fetched once, imported once, kept.
 * Fresh for an hour, then renewed behind the requests; when the issuer does not answer, used up to six hours. A failure
 * is remembered briefly so that a dead issuer costs no request its patience. An unknown key id asks again at most once
 * in 30 seconds per issuer.
 */
import { type IssuerKeys, readDiscovery, readKeySet } from '../core/oidc/key-set.ts';
import { ownPromise } from '../core/own-promise.ts';
import type { Clock, Defer, HttpGet, Log } from '../core/ports.ts';

const FRESH_MILLISECONDS = 3_600_000;
const STALE_MILLISECONDS = 6 * 3_600_000;
const FAILURE_MILLISECONDS = 5_000;
const UNKNOWN_KEY_MILLISECONDS = 30_000;
const MAX_ISSUERS = 1000;
/** Discovery and keys together. */
const DEADLINE_MILLISECONDS = 2800;

export interface IssuerKeySource {
  /**
   * @param issuer - a registered issuer; never one that only a token names
   * @returns its keys
   * @throws HttpGetError or KeySetError when there are none to be had
   */
  keysOf(issuer: string): Promise<IssuerKeys>;
  /** The same for a token whose key is not among those held: asks again, at most once in 30 seconds. */
  keysAfterUnknown(issuer: string): Promise<IssuerKeys>;
}

interface Held {
  keys: IssuerKeys | null;
  fetchedAt: number;
  failure: unknown;
  failedAt: number;
  askedForUnknownAt: number;
  flight: Promise<IssuerKeys> | null;
}

export interface IssuerKeySourceOptions {
  readonly http: HttpGet;
  readonly clock: Clock;
  readonly defer: Defer;
  readonly log: Log;
  /** Where an issuer's discovery document is, when not under its own address, and whom it may name there. */
  readonly discovery?: ReadonlyMap<string, { readonly url: string; readonly issuers: readonly string[] }>;
}

export function createIssuerKeySource(options: IssuerKeySourceOptions): IssuerKeySource {
  const { clock, defer, log } = options;
  const issuers = new Map<string, Held>();

  const heldFor = (issuer: string): Held => {
    const found = issuers.get(issuer);
    if (found !== undefined) return found;
    for (const oldest of issuers.keys()) {
      if (issuers.size < MAX_ISSUERS) break;
      issuers.delete(oldest);
    }
    const fresh: Held = {
      keys: null,
      fetchedAt: Number.NEGATIVE_INFINITY,
      failure: null,
      failedAt: Number.NEGATIVE_INFINITY,
      askedForUnknownAt: Number.NEGATIVE_INFINITY,
      flight: null,
    };
    issuers.set(issuer, fresh);
    return fresh;
  };

  const fetchKeys = (issuer: string, held: Held): Promise<IssuerKeys> => {
    if (held.flight !== null) return ownPromise(held.flight, tooLate());
    const startedAt = clock.nowMilliseconds();
    const flight = fetchKeySet(issuer, options)
      .then((keys) => {
        Object.assign(held, { keys, fetchedAt: startedAt, failure: null });
        return keys;
      })
      .catch((error: unknown) => {
        Object.assign(held, { failure: error, failedAt: clock.nowMilliseconds() });
        log('warn', 'issuer.keys_not_fetched', { issuer, reason: String(error) });
        throw error;
      })
      .finally(() => {
        held.flight = null;
      });
    held.flight = flight;
    defer(flight);
    return flight;
  };

  return {
    async keysOf(issuer) {
      const held = heldFor(issuer);
      const now = clock.nowMilliseconds();
      const age = now - held.fetchedAt;
      if (held.keys !== null && age < FRESH_MILLISECONDS) return held.keys;
      const failedLately = now - held.failedAt < FAILURE_MILLISECONDS;
      if (held.keys !== null && age < STALE_MILLISECONDS) {
        if (!failedLately) fetchKeys(issuer, held).catch(() => undefined);
        return held.keys;
      }
      if (failedLately) throw held.failure;
      return fetchKeys(issuer, held);
    },
    async keysAfterUnknown(issuer) {
      const held = heldFor(issuer);
      // Keys that are on their way may hold this one: what is held must not refuse it meanwhile.
      if (held.flight !== null) return fetchKeys(issuer, held);
      const now = clock.nowMilliseconds();
      if (held.keys !== null && now - held.askedForUnknownAt < UNKNOWN_KEY_MILLISECONDS) return held.keys;
      held.askedForUnknownAt = now;
      return fetchKeys(issuer, held);
    },
  };
}

async function tooLate(): Promise<never> {
  await scheduler.wait(2 * DEADLINE_MILLISECONDS);
  throw new Error('waited too long for the keys that another request fetches');
}

async function fetchKeySet(
  issuer: string,
  { http, discovery }: Pick<IssuerKeySourceOptions, 'http' | 'discovery'>,
): Promise<IssuerKeys> {
  const deadline = AbortSignal.timeout(DEADLINE_MILLISECONDS);
  const place = discovery?.get(issuer) ?? {
    url: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    issuers: [issuer],
  };
  const { jwksUri, algorithms } = readDiscovery(place.issuers, await http.getJson(place.url, deadline));
  return readKeySet(await http.getJson(jwksUri, deadline), algorithms);
}
