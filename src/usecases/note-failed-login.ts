import type { RequestFacts } from '../core/context/request-context.ts';
import type { Fault } from '../core/faults.ts';
import { accountOfProviderId } from '../core/federation/provider-id.ts';
import type { Deps } from './deps.ts';
import { eventOf } from './record.ts';
import { SIGN_IN_SOURCE } from './sign-in-session.ts';

/** Tells the trail of a browser login at a provider that came to nothing. Never fails: the refusal stands anyway. */
export async function noteFailedLogin(
  providerId: string | null,
  fault: Fault,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  try {
    const named = providerId === null ? null : accountOfProviderId(providerId);
    const accountId = named ?? (await deps.directory.setUpAccount());
    if (accountId === null) return;
    const operation = {
      accountId,
      source: SIGN_IN_SOURCE,
      name: 'ConsoleLogin',
      identity: { type: 'Anonymous' } as const,
      readOnly: false,
      parameters: { providerId },
    };
    deps.audit.note(eventOf(operation, { fault }, facts, deps.random), facts.near);
  } catch (error) {
    deps.log('warn', 'audit.note_failed', { requestId: facts.requestId, reason: String(error) });
  }
}
