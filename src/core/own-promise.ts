/**
 * Waiting for what another request of the same isolate brings. In a Worker a promise belongs to the request that made it, and three
 * things go wrong between requests (each measured, each ended whole batches of requests with a 500):
 * - whoever awaits another request's promise goes on as that request, and its answer is then refused;
 * - a promise from `new Promise` loses its owner once the code is hot; `Promise.withResolvers` keeps it;
 * - a request that has no I/O of its own pending, a timer at least, is cancelled as hung.
 */

/**
 * @param shared - kept alive by whoever made it (`ctx.waitUntil`)
 * @param late - fails when the time is up; its timer, which must be the current request's own, keeps the request alive meanwhile
 * @returns what the shared promise brings, or the failure that comes first
 */
export function ownPromise<T>(shared: Promise<T>, late: Promise<never>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  shared.then(resolve, reject);
  return Promise.race([promise, late]);
}
