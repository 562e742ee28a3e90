/** An event of the trail: the columns that it is searched by, and what `toCloudTrail` made of it. */
export interface TrailEvent {
  readonly accountId: string;
  readonly atMilliseconds: number;
  readonly eventSource: string;
  readonly eventName: string;
  readonly outcome: string;
  readonly body: Members;
}

type Members = Readonly<Record<string, unknown>>;
const NO_MEMBERS: Members = {};

/** @returns the members of an object; none of anything else */
export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null ? (value as Members) : NO_MEMBERS; // any object may be asked for members

/** @returns a text; null for anything else */
export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
