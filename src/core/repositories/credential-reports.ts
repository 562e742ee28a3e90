/** How it stands with an account's report. */
export type ReportState =
  | { readonly state: 'none' }
  | { readonly state: 'in-progress' }
  | { readonly state: 'complete'; readonly reportId: string; readonly finishedAtSeconds: number };

/**
 * Credential reports, made in steps: whoever asks, and the cron trigger, bring the report that is under way some pages on. Of many
 * at once one begins it, and each page is written once.
 */
export interface CredentialReports {
  /** The newest: one that is under way, or the last that was finished. */
  stateOf(accountId: string): Promise<ReportState>;
  /**
   * Begins a report, unless one is under way or was finished later than a moment.
   * @returns whether this call began it
   */
  begin(accountId: string, reportId: string, nowSeconds: number, freshSinceSeconds: number): Promise<boolean>;
  /** Writes some pages of the report that is under way, if there is one. */
  advance(accountId: string, nowSeconds: number, pages: number): Promise<void>;
  /** The whole text of a finished report. */
  read(accountId: string, reportId: string): Promise<string>;
}
