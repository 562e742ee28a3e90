/** A device asks for its tokens. @see RFC 8628 sections 3.4 and 3.5 */
import { isAccountId } from '../core/arn.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { digestOf } from '../core/digest.ts';
import { Fault } from '../core/faults.ts';
import { type DeviceAuthorization, decidePoll, POLL_SECONDS } from '../core/oauth/device-authorization.ts';
import type { PersonalGrant } from '../core/oauth/personal-grant.ts';
import type { Deps } from './deps.ts';
import { inVain } from './lookups.ts';

/**
 * @param client - who asks; a code of another client's is nobody's
 * @returns what the person approved, once
 * @throws Fault `authorization_pending`, `slow_down`, `device_code_expired`, `authorization_denied`; `invalid_grant` for a code that
 * is none, another client's, or used
 */
export async function redeemDeviceCode(
  deviceCode: string,
  client: { readonly accountId: string; readonly clientId: string },
  facts: RequestFacts,
  deps: Deps,
): Promise<PersonalGrant> {
  const { accountId, clientId } = client;
  const [, account = ''] = /^(\d{12})\.[\w-]{43}$/.exec(deviceCode) ?? [];
  if (!isAccountId(account) || account !== accountId) throw invalidCode();
  const hash = await digestOf(deviceCode);
  const device = await deps.deviceAuthorizations.findByDeviceCode(accountId, hash);
  if (device === null || device.clientId !== clientId) throw invalidCode();
  return answerPoll(device, hash, facts, deps);
}

async function answerPoll(
  device: DeviceAuthorization,
  hash: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<PersonalGrant> {
  const { accountId, intervalSeconds } = device;
  const nowSeconds = nowSecondsOf(facts);
  const answer = decidePoll(device, nowSeconds);
  switch (answer.what) {
    case 'approved':
      if (await deps.deviceAuthorizations.redeem(accountId, hash, nowSeconds)) return answer.grant;
      throw invalidCode();
    case 'redeemed':
      throw invalidCode();
    case 'denied':
      throw new Fault('authorization_denied', 'the person refused this device');
    case 'expired':
      throw new Fault('device_code_expired', 'the device code has expired; ask for a new one');
    case 'pending':
      await deps.deviceAuthorizations.notePoll(accountId, hash, { atSeconds: nowSeconds, intervalSeconds });
      throw new Fault('authorization_pending', 'the person has not decided yet');
    case 'slow_down':
      await deps.deviceAuthorizations.notePoll(accountId, hash, {
        atSeconds: nowSeconds,
        intervalSeconds: answer.intervalSeconds,
      });
      throw new Fault('slow_down', `ask every ${answer.intervalSeconds} seconds`, {
        usualSeconds: POLL_SECONDS,
      });
  }
}

const invalidCode = (): Fault =>
  new Fault('invalid_grant', 'the device code is not valid for this client', { ...inVain });
