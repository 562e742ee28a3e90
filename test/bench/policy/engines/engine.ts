import type { Workload } from '../rule.ts';

/** A policy engine under measurement. */
export interface Engine {
  readonly name: string;
  /** Translates and compiles the workload's policies; nothing of this is measured. */
  readonly prepare: (workload: Workload) => Promise<Prepared>;
}

/** Compiled policies and the questions in the engine's own form, made beforehand. */
export interface Prepared {
  /**
   * Decides one question.
   * @param at - its place in the workload's list
   * @returns whether it is allowed
   */
  readonly allows: (at: number) => boolean;
}

/** @throws RangeError where there is no such question */
export function at<T>(list: readonly T[], place: number): T {
  const value = list[place];
  if (value === undefined) throw new RangeError(`no question ${place}`);
  return value;
}

/** Whether any rule of a workload asks for facts beyond action and resource. */
export const hasConditions = ({ policies }: Workload): boolean =>
  policies.flat().some(({ conditions }) => Object.keys(conditions).length > 0);
