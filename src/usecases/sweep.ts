import { advanceCredentialReport } from './credential-report.ts';
import type { Deps } from './deps.ts';

/** Removes what has expired and what nobody needs any more. */
export async function sweep(deps: Deps): Promise<void> {
  const accountId = await deps.directory.setUpAccount();
  if (accountId === null) return;
  const nowSeconds = Math.floor(deps.clock.nowMilliseconds() / 1000);
  await deps.setup.sweep(nowSeconds);
  await deps.enrolmentCodes.sweep(nowSeconds);
  await deps.revocations.sweep(nowSeconds);
  await deps.sessions.sweep(nowSeconds);
  await deps.accessDetails.sweep(nowSeconds);
  await advanceCredentialReport(accountId, nowSeconds, deps);
  await deps.signInSessions.sweep(nowSeconds);
  await deps.deviceAuthorizations.sweep(nowSeconds);
  await deps.authorizationCodes.sweep(nowSeconds);
  await deps.consents.sweep(nowSeconds);
  await deps.pushedRequests.sweep(nowSeconds);
  await deps.refreshFamilies.sweep(nowSeconds);
}
