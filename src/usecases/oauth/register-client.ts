/** Registers clients and gives them their secrets. */
import { parseIamArn } from '../../core/arn.ts';
import { toBase64Url } from '../../core/bytes.ts';
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { digestOf } from '../../core/digest.ts';
import { Fault } from '../../core/faults.ts';
import {
  CLIENT_SERVICE,
  type ClientSecret,
  type ClientSettings,
  clientArn,
  clientIdOf,
  type OAuthClient,
} from '../../core/oauth/client.ts';
import { findSettingsProblem } from '../../core/oauth/client-settings.ts';
import { findSignOutProblem } from '../../core/oauth/sign-out-settings.ts';
import { isPublicAddress } from '../../core/public-address.ts';
import type { MakeEvent } from '../../core/repositories/change.ts';
import type { SignedFacts } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import type { Deps } from '../deps.ts';
import { requirePassRole } from '../pass-role.ts';

const CLIENT_ID_BYTES = 16;
const SECRET_BYTES = 32;

/** @returns an id for a client that is about to be registered */
const newClientId = (accountId: string, { random }: Deps): string =>
  clientIdOf(accountId, toBase64Url(random.bytes(CLIENT_ID_BYTES)));

/** Whether a client proves itself by a secret. */
export const usesSecret = ({ authenticationMethod }: ClientSettings): boolean =>
  authenticationMethod === 'client_secret_basic' || authenticationMethod === 'client_secret_post';

/** A secret, which is shown once, and what is kept of it. */
export interface NewSecret {
  readonly text: string;
  readonly kept: ClientSecret;
}

/** @returns a secret of 256 random bits */
export async function newSecret(nowSeconds: number, { random }: Deps): Promise<NewSecret> {
  const text = `dps_${toBase64Url(random.bytes(SECRET_BYTES))}`;
  const kept = { hash: await digestOf(text), createdAtSeconds: nowSeconds, expiresAtSeconds: null };
  return { text, kept };
}

/**
 * Adds a secret. The newest one before works until the overlap ends; any older one ends now.
 * @param overlapSeconds - 0 ends the one before at once
 */
export function rotatedSecrets(
  { secrets }: OAuthClient,
  added: ClientSecret,
  overlapSeconds: number,
): readonly ClientSecret[] {
  const newest = secrets.find((secret) => secret.expiresAtSeconds === null);
  if (newest === undefined || overlapSeconds === 0) return [added];
  return [added, { ...newest, expiresAtSeconds: added.createdAtSeconds + overlapSeconds }];
}

/**
 * Checks what a caller says of a client, and that it may give it the role.
 * @throws Fault `invalid_input`, `no_such_entity` for the role; AccessDenied for `iam:PassRole`
 */
export async function checkSettings(
  settings: ClientSettings,
  clientId: string,
  caller: Caller,
  facts: SignedFacts,
  deps: Deps,
): Promise<void> {
  const problem = findSettingsProblem(settings) ?? findSignOutProblem(settings);
  if (problem !== null) throw new Fault('invalid_input', problem);
  await requireAnchor(settings, caller.accountId, deps);
  const { roleArn, backchannelLogoutUri } = settings;
  const told = backchannelLogoutUri === undefined ? null : URL.parse(backchannelLogoutUri);
  if (
    backchannelLogoutUri !== undefined &&
    (told === null || !isPublicAddress(told, deps.settings.mode === 'local'))
  )
    throw new Fault('invalid_input', 'BackchannelLogoutUri must be an https URL of a public host');
  if (roleArn === null) return;
  const named = parseIamArn(roleArn);
  if (named?.kind !== 'role' || named.accountId !== caller.accountId)
    throw new Fault('invalid_input', `\`${roleArn}\` is not a role of this account`);
  const role = await deps.directory.role(caller.accountId, named.name);
  // Whoever may pass no role does not learn which there are.
  const passed = role?.arn === roleArn ? role : { arn: roleArn, tags: [] };
  requirePassRole(caller, passed, clientArn(caller.accountId, clientId), facts, CLIENT_SERVICE);
  if (passed !== role) throw new Fault('no_such_entity', `role \`${roleArn}\` does not exist`);
}

/** A client that was registered, with the secret that is shown once; null where it has none. */
export interface RegisteredClient {
  readonly client: OAuthClient;
  readonly secret: string | null;
}

/** Registers a client under a new id. @throws Fault as `checkSettings`, `limit_exceeded` */
export async function registerNewClient(
  settings: ClientSettings,
  caller: Caller,
  facts: SignedFacts,
  changeEvent: MakeEvent,
  deps: Deps,
): Promise<RegisteredClient> {
  const { accountId } = caller;
  const clientId = newClientId(accountId, deps);
  await checkSettings(settings, clientId, caller, facts, deps);
  const createdAtSeconds = nowSecondsOf(facts);
  const secret = usesSecret(settings) ? await newSecret(createdAtSeconds, deps) : null;
  const secrets = secret === null ? [] : [secret.kept];
  const client = {
    accountId,
    clientId,
    arn: clientArn(accountId, clientId),
    settings,
    secrets,
    createdAtSeconds,
  };
  await deps.oauthClients.register(client, changeEvent({ clientId }));
  return { client, secret: secret?.text ?? null };
}

async function requireAnchor(
  { certificate }: ClientSettings,
  accountId: string,
  { directory }: Deps,
): Promise<void> {
  if (certificate?.kind !== 'issued') return;
  const { trustAnchorId } = certificate;
  if ((await directory.trustAnchor(accountId, trustAnchorId)) !== null) return;
  throw new Fault('no_such_entity', `trust anchor \`${trustAnchorId}\` does not exist`);
}

/** @throws Fault `no_such_entity` */
export async function requireClient(accountId: string, clientId: string, deps: Deps): Promise<OAuthClient> {
  const client = await deps.directory.oauthClient(accountId, clientId);
  if (client !== null) return client;
  throw new Fault('no_such_entity', `client \`${clientId}\` does not exist`);
}
