/**
 * The broker with an audit buffer that drops what it gets. The difference to the real one is what the durable trail costs,
 * which in production falls on other machines: the Durable Object's and D1's.
 */
import { DurableObject } from 'cloudflare:workers';

export { default } from '../../src/worker.ts';

/** Takes events as the real one does, and keeps none. */
export class AuditBuffer extends DurableObject {
  async append(): Promise<void> {}
}
