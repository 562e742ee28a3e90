/** Questions to the audit trail, and their answers. */

/** What events are looked for; what is absent matches all. */
export interface EventFilter {
  readonly fromMilliseconds?: number;
  readonly toMilliseconds?: number;
  readonly principalArn?: string;
  readonly eventName?: string;
  readonly outcome?: string;
  readonly requestId?: string;
}

/** Where a page ended: the next begins behind it. */
export interface EventCursor {
  readonly atMilliseconds: number;
  readonly eventId: string;
}

export interface EventPage {
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly next: EventCursor | null;
}
