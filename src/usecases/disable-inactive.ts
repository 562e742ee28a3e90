/** Disables users that nobody has used for ninety days, in accounts that go by PCI's numbers. @see PCI DSS 4.0.1, 8.2.6 */
import { nowSecondsOf } from '../core/context/request-context.ts';
import { cronFacts } from './cron-facts.ts';
import type { Deps } from './deps.ts';
import { asFault, eventOf } from './record.ts';

const INACTIVE_SECONDS = 90 * 86_400;
const HOUR_SECONDS = 3600;
/** How many in one run; what is left waits an hour. */
const MAX_AT_ONCE = 50;

/** Once an hour is enough: nobody is used for ninety days by the minute. */
export async function disableInactive(deps: Deps): Promise<void> {
  const deploymentAccountId = await deps.directory.setUpAccount();
  if (deploymentAccountId === null) return;
  const facts = cronFacts(deps);
  const nowSeconds = nowSecondsOf(facts);
  const hour = Math.floor(nowSeconds / HOUR_SECONDS);
  const isFirst = await deps.oneTime.use(deploymentAccountId, {
    purpose: 'inactive-users',
    valueHash: String(hour),
    expiresAtSeconds: (hour + 2) * HOUR_SECONDS,
  });
  if (!isFirst) return;
  const sinceSeconds = nowSeconds - INACTIVE_SECONDS;
  for (const user of await deps.inactiveUsers.find(sinceSeconds, MAX_AT_ONCE)) {
    const { accountId, userName } = user;
    const operation = {
      accountId,
      source: 'daypass.amazonaws.com',
      name: 'DisableInactiveUser',
      identity: { type: 'Deployment' as const },
      readOnly: false,
      parameters: { userName },
    };
    try {
      await deps.inactiveUsers.disable(user, sinceSeconds, (elements) =>
        eventOf(operation, { elements: elements ?? null }, facts, deps.random),
      );
      deps.log('warn', 'user.disabled-inactive', { accountId, userId: user.userId });
    } catch (error) {
      // Used at this very moment, or by now the last administrator.
      if (asFault(error).code !== 'concurrent_modification') throw error;
    }
  }
}
