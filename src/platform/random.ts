import type { Random } from '../core/ports.ts';

/** What is asked for at once; a call of the generator costs more than what it fills. */
const POOL_BYTES = 2048;
/** Ids, nonces and short codes; what is longer, as keys and tokens are, is drawn for itself. */
const MAX_POOLED_BYTES = 16;

const draw = (count: number): Uint8Array<ArrayBuffer> => crypto.getRandomValues(new Uint8Array(count));

let pool = new Uint8Array(0);
let next = 0;

/** Hands out each byte once, and keeps no copy. */
function pooled(count: number): Uint8Array<ArrayBuffer> {
  if (next + count > pool.length) {
    pool = draw(POOL_BYTES);
    next = 0;
  }
  const bytes = pool.slice(next, next + count);
  pool.fill(0, next, next + count);
  next += count;
  return bytes;
}

/** The runtime's cryptographic generator. */
export const systemRandom: Random = {
  bytes: (count) => (count <= MAX_POOLED_BYTES ? pooled(count) : draw(count)),
};
