/**
 * Bounds what one address may make us look up in vain. Unknown keys, roles and issuers are looked up each time, for a held copy
 * must not refuse them; so whoever asks for many that do not exist is slowed down, and nobody else.
 */
import { networkOf } from '../core/network.ts';
import type { Clock, LookupLimiter } from '../core/ports.ts';

/** Lookups in vain that an address has to its credit, and how many more come each second. */
const BURST = 3000;
const REFILL_PER_SECOND = 100;
const MAX_ADDRESSES = 10_000;

interface Bucket {
  tokens: number;
  filledAtMilliseconds: number;
}

export function createLookupLimiter(clock: Clock): LookupLimiter {
  const buckets = new Map<string, Bucket>();

  const refilled = (bucket: Bucket): Bucket => {
    const now = clock.nowMilliseconds();
    const seconds = Math.max(0, now - bucket.filledAtMilliseconds) / 1000;
    bucket.tokens = Math.min(BURST, bucket.tokens + seconds * REFILL_PER_SECOND);
    bucket.filledAtMilliseconds = now;
    return bucket;
  };

  return {
    isExhausted(address) {
      const bucket = buckets.get(networkOf(address));
      return bucket !== undefined && refilled(bucket).tokens < 1;
    },
    charge(address) {
      const network = networkOf(address);
      const bucket = buckets.get(network) ?? { tokens: BURST, filledAtMilliseconds: clock.nowMilliseconds() };
      refilled(bucket).tokens -= 1;
      buckets.delete(network); // the order of the Map is the order of use
      for (const oldest of buckets.keys()) {
        if (buckets.size < MAX_ADDRESSES) break;
        buckets.delete(oldest);
      }
      buckets.set(network, bucket);
    },
  };
}
