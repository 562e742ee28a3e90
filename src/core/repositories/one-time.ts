/** A value that may be used once, by its hash. */
export interface OneTimeValue {
  /** What it is for; the same value may serve another purpose. */
  readonly purpose: string;
  readonly valueHash: string;
  /** The moment past which the value is worth nothing anyway, so that its record may go. */
  readonly expiresAtSeconds: number;
}

/** Uses that stand on their own, apart from the change that they allow: a challenge is used up by a failure too. */
export interface OneTime {
  /** @returns true for the first use of the value, false for every other, whoever races */
  use(accountId: string, value: OneTimeValue): Promise<boolean>;
}
