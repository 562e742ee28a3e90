/** What the grants that a person approves need to know of a client. */
export interface PersonalClient {
  readonly accountId: string;
  readonly clientId: string;
  /** As its maintainer named it: people read it, so it is shown as text that somebody chose. */
  readonly name: string;
  /** The roles that it may be given; null where any that the person may take. */
  readonly roleArns: readonly string[] | null;
  /** Of its access tokens, where a request names none. */
  readonly audience: string | null;
}
