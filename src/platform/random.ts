import type { Random } from '../core/ports.ts';

/** The runtime's cryptographic generator. */
export const systemRandom: Random = { bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) };
