/** The account's credential report. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateCredentialReport.html */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { formatUuid } from '../core/ids.ts';
import type { Deps } from './deps.ts';

/** A report this young is not made anew, and an older one not given any more. */
const FRESH_SECONDS = 4 * 3600;
/** Pages that one request writes: an account of a few thousand users has its report at once. */
const PAGES_AT_ONCE = 8;
/** Pages that the cron trigger writes each minute. */
const PAGES_PER_MINUTE = 40;
const UUID_BYTES = 16;

export type ReportProgress = 'STARTED' | 'INPROGRESS' | 'COMPLETE';

/** Begins a report or brings it on. @returns how it stands; ask again until it is complete */
export async function generateCredentialReport(
  accountId: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<ReportProgress> {
  const nowSeconds = nowSecondsOf(facts);
  const { credentialReports } = deps;
  const reportId = formatUuid(deps.random.bytes(UUID_BYTES));
  const begun = await credentialReports.begin(accountId, reportId, nowSeconds, nowSeconds - FRESH_SECONDS);
  await credentialReports.advance(accountId, nowSeconds, PAGES_AT_ONCE);
  if (begun) return 'STARTED';
  return (await credentialReports.stateOf(accountId)).state === 'complete' ? 'COMPLETE' : 'INPROGRESS';
}

/**
 * @returns the report as CSV, and when it was finished
 * @throws Fault `report_not_present`, `report_in_progress`, `report_expired`
 */
export async function getCredentialReport(accountId: string, facts: RequestFacts, deps: Deps) {
  const state = await deps.credentialReports.stateOf(accountId);
  switch (state.state) {
    case 'none':
      throw new Fault('report_not_present', 'Credential report is not present. Please generate one first.');
    case 'in-progress':
      throw new Fault('report_in_progress', 'Credential report is still being generated.');
    case 'complete': {
      if (state.finishedAtSeconds <= nowSecondsOf(facts) - FRESH_SECONDS) {
        throw new Fault('report_expired', 'Credential report has expired. Please generate a new one.');
      }
      const text = await deps.credentialReports.read(accountId, state.reportId);
      return { text, generatedAtSeconds: state.finishedAtSeconds };
    }
  }
}

/** What the cron trigger does for a report that is under way. */
export const advanceCredentialReport = (accountId: string, nowSeconds: number, deps: Deps): Promise<void> =>
  deps.credentialReports.advance(accountId, nowSeconds, PAGES_PER_MINUTE);
