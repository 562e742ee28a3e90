/** A device asks for two codes: one it keeps, one a person types. @see RFC 8628 sections 3.1 and 3.2 */
import { toBase64Url } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { digestOf } from '../core/digest.ts';
import { Fault } from '../core/faults.ts';
import { networkOf } from '../core/network.ts';
import type { AuthorizationDetails } from '../core/oauth/authorization-details.ts';
import { DEVICE_CODE_SECONDS, POLL_SECONDS } from '../core/oauth/device-authorization.ts';
import type { PersonalClient } from '../core/oauth/personal-client.ts';
import { USER_CODE_RANDOM_BYTES, userCodeOf } from '../core/oauth/user-code.ts';
import { DEVICES_PER_NETWORK } from '../core/repositories/device-authorizations.ts';
import type { Deps } from './deps.ts';
import { eventOf } from './record.ts';

export interface DeviceWish {
  readonly scope: readonly string[];
  /** Checked before; null for the client's own. */
  readonly audience: string | null;
  /** Checked before; null where none are asked for. */
  readonly authorizationDetails: AuthorizationDetails | null;
}

export interface BegunDevice {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
}

const DEVICE_CODE_BYTES = 32;
const MAX_USER_AGENT = 256;

/** A user code has 34 bits alone; what is stored of it leads back to it, and lives ten minutes. */
export const userCodeHash = (accountId: string, userCode: string): Promise<string> =>
  digestOf(`user code ${accountId} ${userCode}`);

/**
 * @returns both codes, shown this once
 * @throws Fault `throttling` where the address or its network has too many devices waiting
 */
export async function beginDeviceAuthorization(
  client: Pick<PersonalClient, 'accountId' | 'clientId'>,
  wish: DeviceWish,
  facts: RequestFacts,
  deps: Deps,
): Promise<BegunDevice> {
  const { accountId, clientId } = client;
  const nowSeconds = nowSecondsOf(facts);
  await requirePlace(accountId, facts, deps);
  const userCode = userCodeOf(deps.random.bytes(USER_CODE_RANDOM_BYTES));
  // The account leads to the row, and is no secret.
  const deviceCode = `${accountId}.${toBase64Url(deps.random.bytes(DEVICE_CODE_BYTES))}`;
  const device = {
    accountId,
    clientId,
    ...wish,
    sourceIp: facts.sourceIp,
    userAgent: facts.userAgent?.slice(0, MAX_USER_AGENT) ?? null,
    createdAtSeconds: nowSeconds,
    expiresAtSeconds: nowSeconds + DEVICE_CODE_SECONDS,
    state: 'pending' as const,
    grant: null,
    intervalSeconds: POLL_SECONDS,
    lastPollAtSeconds: null,
  };
  const operation = {
    accountId,
    source: 'daypass.amazonaws.com',
    name: 'DeviceAuthorization',
    identity: { type: 'Anonymous' as const },
    readOnly: false,
    parameters: { clientId, scope: wish.scope },
  };
  const hashes = {
    deviceCode: await digestOf(deviceCode),
    userCode: await userCodeHash(accountId, userCode),
  };
  await deps.deviceAuthorizations.begin(device, hashes, eventOf(operation, {}, facts, deps.random));
  return { deviceCode, userCode, expiresInSeconds: DEVICE_CODE_SECONDS, intervalSeconds: POLL_SECONDS };
}

/** Those that wait are counted by address when the row is written; whoever has a whole network is counted here, before. */
async function requirePlace(accountId: string, facts: RequestFacts, deps: Deps): Promise<void> {
  const { sourceIp } = facts;
  const network = sourceIp === null ? null : networkOf(sourceIp);
  if (network === sourceIp) return;
  const devices = { name: `devices:${network}`, limit: DEVICES_PER_NETWORK };
  if (await deps.deviceAuthorizations.countGuess(accountId, devices, nowSecondsOf(facts))) return;
  throw new Fault('throttling', 'too many devices wait at this network');
}
