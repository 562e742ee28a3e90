/** A device that waits for a person, and what each of its polls is answered. @see RFC 8628 */
import type { AuthorizationDetails } from './authorization-details.ts';
import type { PersonalGrant } from './personal-grant.ts';

export interface DeviceAuthorization {
  readonly accountId: string;
  readonly clientId: string;
  readonly scope: readonly string[];
  /** Null where the device asked for no one audience. */
  readonly audience: string | null;
  /** Null where the device asked for none. @see RFC 9396 */
  readonly authorizationDetails: AuthorizationDetails | null;
  /** Where the request came from, as the person who decides sees it. */
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly createdAtSeconds: number;
  readonly expiresAtSeconds: number;
  readonly state: 'pending' | 'approved' | 'denied' | 'redeemed';
  readonly grant: PersonalGrant | null;
  readonly intervalSeconds: number;
  readonly lastPollAtSeconds: number | null;
}

export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
export const DEVICE_CODE_SECONDS = 600;
export const POLL_SECONDS = 5;
/** By how much each early poll lengthens the interval. @see RFC 8628 section 3.5 */
const SLOW_DOWN_SECONDS = 5;

export type PollAnswer =
  | { readonly what: 'expired' | 'denied' | 'redeemed' | 'pending' }
  | { readonly what: 'slow_down'; readonly intervalSeconds: number }
  | { readonly what: 'approved'; readonly grant: PersonalGrant };

/**
 * Decides a poll. Whether it comes too early matters only while the device waits: an approval is not kept from it.
 * @see RFC 8628 section 3.5
 */
export function decidePoll(device: DeviceAuthorization, nowSeconds: number): PollAnswer {
  const { state, grant, lastPollAtSeconds, intervalSeconds } = device;
  if (state === 'redeemed' || state === 'denied') return { what: state };
  if (nowSeconds >= device.expiresAtSeconds) return { what: 'expired' };
  if (state === 'approved' && grant !== null) return { what: 'approved', grant };
  const early = lastPollAtSeconds !== null && nowSeconds - lastPollAtSeconds < intervalSeconds;
  return early
    ? { what: 'slow_down', intervalSeconds: intervalSeconds + SLOW_DOWN_SECONDS }
    : { what: 'pending' };
}
