/** Which part of a list is wanted. */
export interface PageRequest {
  /** Key of the last entry seen; null for the beginning. */
  readonly after: string | null;
  /** Most entries to give. */
  readonly limit: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Key of the last entry given, where more follow; else null. */
  readonly next: string | null;
}
