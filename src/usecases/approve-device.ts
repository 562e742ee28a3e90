/** A signed-in person looks at a device that waits, and decides. @see RFC 8628 section 3.3 */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { networkOf } from '../core/network.ts';
import type { DeviceAuthorization } from '../core/oauth/device-authorization.ts';
import type { PersonalClient } from '../core/oauth/personal-client.ts';
import { parseUserCode } from '../core/oauth/user-code.ts';
import { GUESSES_PER_ADDRESS, GUESSES_PER_PERSON } from '../core/repositories/device-authorizations.ts';
import { ownerOf } from '../core/sign-in/identity.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import { userCodeHash } from './begin-device-authorization.ts';
import type { Deps } from './deps.ts';
import { beginPersonalGrant, requirePresence } from './personal-grant.ts';
import { signInEvent } from './sign-in-session.ts';
import { onTrialElements } from './trust-trial.ts';

/**
 * Finds the device whose code somebody typed. Each try counts, of the person and of the address.
 * @returns null where no device waits with this code; why not is not told
 * @throws Fault `throttling` after too many codes
 */
export async function findWaitingDevice(
  signIn: SignInSession,
  typed: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<{ readonly device: DeviceAuthorization; readonly userCode: string } | null> {
  const { accountId } = signIn.identity;
  const userCode = parseUserCode(typed);
  if (userCode === null) return null;
  await countGuess(signIn, facts, deps);
  const hash = await userCodeHash(accountId, userCode);
  const device = await deps.deviceAuthorizations.findWaiting(accountId, hash, nowSecondsOf(facts));
  return device === null ? null : { device, userCode };
}

async function countGuess(signIn: SignInSession, facts: RequestFacts, deps: Deps): Promise<void> {
  const { type, id } = ownerOf(signIn.identity);
  const guessers = [
    { name: `${type}:${id}`, limit: GUESSES_PER_PERSON },
    { name: `address:${networkOf(facts.sourceIp ?? 'unknown')}`, limit: GUESSES_PER_ADDRESS },
  ];
  for (const guesser of guessers) {
    if (
      !(await deps.deviceAuthorizations.countGuess(signIn.identity.accountId, guesser, nowSecondsOf(facts)))
    ) {
      throw new Fault('throttling', 'too many codes were typed; wait five minutes');
    }
  }
}

/**
 * The person lets the device have a role.
 * @throws Fault `access_denied` without a fresh second factor, or for a role that the client may not have or the person not take;
 * `concurrent_modification` where the device is decided upon meanwhile
 */
export async function approveDevice(
  signIn: SignInSession,
  found: { readonly device: DeviceAuthorization; readonly userCode: string },
  client: PersonalClient,
  roleArn: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  requirePresence(signIn, nowSecondsOf(facts));
  const { device, userCode } = found;
  const { accountId } = signIn.identity;
  const { grant, onTrial } = await beginPersonalGrant(signIn, client, { ...device, roleArn }, facts, deps);
  const parameters = {
    clientId: client.clientId,
    role: roleArn,
    scope: device.scope,
    ...(device.authorizationDetails !== null && { authorizationDetails: device.authorizationDetails }),
    sessionId: grant.session.sessionId,
    deviceAddress: device.sourceIp,
  };
  const event = (await signInEvent(signIn, 'ApproveDevice', parameters, facts, deps))(
    onTrialElements(onTrial),
  );
  const hash = await userCodeHash(accountId, userCode);
  await deps.deviceAuthorizations.decide(accountId, hash, grant, nowSecondsOf(facts), event);
}

/** The person wants nothing of it. @throws Fault `concurrent_modification` */
export async function refuseDevice(
  signIn: SignInSession,
  { device, userCode }: { readonly device: DeviceAuthorization; readonly userCode: string },
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { accountId } = signIn.identity;
  const parameters = { clientId: device.clientId, deviceAddress: device.sourceIp };
  const event = (await signInEvent(signIn, 'RefuseDevice', parameters, facts, deps))();
  const hash = await userCodeHash(accountId, userCode);
  await deps.deviceAuthorizations.decide(accountId, hash, null, nowSecondsOf(facts), event);
}
