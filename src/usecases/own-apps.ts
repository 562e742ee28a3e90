/** A person's own authenticator apps: virtual MFA devices, as IAM has them. */
import { toBase32, toBase64Url } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { FactorOwner } from '../core/mfa/device.ts';
import { otpauthUri, TOTP_SEED_BYTES } from '../core/mfa/totp.ts';
import { nameOf } from '../core/sign-in/identity.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import type { Deps } from './deps.ts';
import { enableMfaDevice } from './enable-mfa-device.ts';
import { factorOwnerOf } from './factors.ts';
import { signInEvent } from './sign-in-session.ts';

/** A device just made: the only moment at which its seed can be shown. */
export interface NewApp {
  readonly serialNumber: string;
  /** Base32. */
  readonly seedText: string;
  /** For the QR code. */
  readonly uri: string;
}

const SUFFIX_BYTES = 4;

/**
 * Makes a device for an app; it is nobody's until two codes have shown that the app has it.
 * @param label - the person's own name for it
 * @throws Fault `limit_exceeded`, `access_denied` for people from outside
 */
export async function newApp(
  session: SignInSession,
  label: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<NewApp> {
  requireOwner(session);
  const { accountId } = session.identity;
  const seedText = toBase32(deps.random.bytes(TOTP_SEED_BYTES));
  const name = deviceName(label, toBase64Url(deps.random.bytes(SUFFIX_BYTES)));
  const event = await signInEvent(session, 'CreateVirtualMFADevice', { name }, facts, deps);
  const device = await deps.mfaDevices.createVirtual(
    accountId,
    { name, path: '/', tags: [], seedText },
    event,
  );
  const uri = otpauthUri('Daypass', `${nameOf(session.identity)}@${accountId}`, seedText);
  return { serialNumber: device.serialNumber, seedText, uri };
}

/** IAM's names take few characters, and are unique in the account; people's names for their phones are not. */
const deviceName = (label: string, suffix: string): string =>
  `${label.replaceAll(/[^\w+=,.@-]+/g, '-').slice(0, 64)}-${suffix}`;

/**
 * Assigns the device to the person whose app shows its codes.
 * @throws Fault `invalid_authentication_code`, `no_such_entity`, `entity_already_exists`, `limit_exceeded`
 */
export async function enrolApp(
  session: SignInSession,
  serialNumber: string,
  codes: readonly [string, string],
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const owner = requireOwner(session);
  const { accountId } = session.identity;
  const event = await signInEvent(session, 'EnableMFADevice', { serialNumber }, facts, deps);
  await enableMfaDevice({ accountId, owner, serialNumber, codes }, nowSecondsOf(facts), deps, event);
}

/** Takes the device away and removes it. @throws Fault `no_such_entity` where it is not the person's */
export async function removeApp(
  session: SignInSession,
  serialNumber: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const owner = requireOwner(session);
  const { accountId } = session.identity;
  const taken = await signInEvent(session, 'DeactivateMFADevice', { serialNumber }, facts, deps);
  await deps.mfaDevices.deactivate(accountId, serialNumber, owner, taken);
  const removed = await signInEvent(session, 'DeleteVirtualMFADevice', { serialNumber }, facts, deps);
  await deps.mfaDevices.removeVirtual(accountId, serialNumber, removed);
}

function requireOwner({ identity }: SignInSession): FactorOwner {
  const owner = factorOwnerOf(identity);
  if (owner === null) throw new Fault('access_denied', 'your provider has your second factor');
  return owner;
}
