/**
 * What the test runtime of the `worker` project takes for the Worker: its Durable Objects alone. Tests there call stores and use-cases
 * themselves; with src/worker.ts each of 60 files would load every door first. The whole Worker is tested over HTTP.
 */
export { AuditBuffer } from '../../src/audit-buffer.ts';
