import type { ChainedEvent, Checkpoint } from '../audit/chain.ts';

/** A checkpoint as D1 holds it: what its columns say, and what was signed. */
export interface StoredCheckpoint {
  readonly number: number;
  readonly firstPosition: number;
  readonly lastPosition: number;
  readonly head: string;
  readonly statement: string;
}

/** An event that has its place. */
export type PlacedEvent = ChainedEvent & { readonly position: number };

/** The chain in D1. */
export interface TrailChain {
  /** @returns the last checkpoint, or null before the first */
  last(): Promise<StoredCheckpoint | null>;
  /** Checkpoints from a number on, in order. */
  checkpoints(fromNumber: number, limit: number): Promise<readonly StoredCheckpoint[]>;
  /** Events without a place, oldest first. */
  unsealed(limit: number): Promise<readonly ChainedEvent[]>;
  /** Events with a place in a span, in order; one more than fit may be asked for to see strangers. */
  placed(firstPosition: number, lastPosition: number): Promise<readonly PlacedEvent[]>;
  /** How many events claim a place that no checkpoint seals: behind the last one, or before the first. */
  countOutside(lastPosition: number): Promise<number>;
  /**
   * Gives the events their places and adds the checkpoint, both or neither.
   * @returns false where another sealer was first
   */
  seal(checkpoint: Checkpoint, statement: string, events: readonly ChainedEvent[]): Promise<boolean>;
}

/** The last checkpoint, kept outside D1: who cuts the chain off there cannot cut it off here. */
export interface TrailWitness {
  last(): Promise<string | null>;
  /** Keeps a statement unless a later one is kept. */
  keep(number: number, statement: string): Promise<void>;
}
