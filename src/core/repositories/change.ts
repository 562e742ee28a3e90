import type { AuditEvent } from '../audit/event.ts';

/**
 * Makes the event of a change, which is committed with it.
 * @param elements - ids of what is made or changed; never a secret
 */
export type MakeEvent = (elements?: Readonly<Record<string, unknown>>) => AuditEvent;

/** A tag as IAM writes it; its key keeps the case it was given in, and compares without. */
export interface TagRecord {
  readonly Key: string;
  readonly Value: string;
}
