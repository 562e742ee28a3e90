import { Fault } from '../core/faults.ts';
import type { Deps } from './deps.ts';
import { inVain } from './lookups.ts';

const MAX_AUDIENCE_CHARACTERS = 1000;

/**
 * The audience of an access token: the issuer itself, or one registered with the account; local mode admits any https audience.
 * @param asked - null for the issuer
 * @throws Fault `invalid_target`
 */
export async function requireAudience(asked: string | null, accountId: string, deps: Deps): Promise<string> {
  const { issuer, mode } = deps.settings;
  if (asked === null || asked === issuer) return issuer;
  if (asked.length > MAX_AUDIENCE_CHARACTERS) throw notRegistered();
  if (mode === 'local' && URL.parse(asked)?.protocol === 'https:') return asked;
  if (await deps.directory.audienceIsRegistered(accountId, asked)) return asked;
  throw notRegistered();
}

const notRegistered = (): Fault =>
  new Fault('invalid_target', 'the audience is not registered with this account', { ...inVain });
