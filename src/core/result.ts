/**
 * The outcome of a step inside the core: a value, or the reason why there is none.
 * Use-cases turn a failure into a thrown `Fault`; the core never throws for bad input.
 */
export type Result<T, F> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: F };

/** Wraps a value as a success. */
export const success = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

/** Wraps a reason as a failure. */
export const failure = <F>(reason: F): { readonly ok: false; readonly failure: F } => ({
  ok: false,
  failure: reason,
});
