import { waitUntil } from 'cloudflare:workers';
import type { Defer } from '../core/ports.ts';

/** Hands a promise to the runtime: it goes on after the answer of the request that began it. */
export const defer: Defer = (promise) => waitUntil(promise.catch(() => undefined));
