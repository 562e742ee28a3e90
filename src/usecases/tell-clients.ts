/**
 * Tells applications that a person's sign-in has ended, until they say that they have heard it.
 * @see OpenID Connect Back-Channel Logout 1.0
 */
import { nowSecondsOf } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { formatUuid } from '../core/ids.ts';
import type { SigningAlgorithm } from '../core/keyring/signing-algorithm.ts';
import { idTokenAlgorithmOf } from '../core/oauth/client.ts';
import { signLogoutToken } from '../core/oauth/logout-token.ts';
import type { DueClient } from '../core/repositories/sign-in-clients.ts';
import { ownerOf } from '../core/sign-in/identity.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import { cronFacts } from './cron-facts.ts';
import type { Deps } from './deps.ts';
import { requireKeyring } from './issue.ts';
import { eventOf, type Operation } from './record.ts';
import { isRevokedSignIn, SIGN_IN_SOURCE } from './sign-in-session.ts';

/** How many are told in one run, at once; what is left waits a minute. */
const MAX_AT_ONCE = 40;
const DEADLINE_MILLISECONDS = 5000;
/** Each attempt waits twice as long as the one before, from a minute on; about a day in all. */
const FIRST_WAIT_SECONDS = 60;
const MAX_ATTEMPTS = 11;
const TOKEN_ID_BYTES = 16;

/** Ends browser sessions that were revoked, then tells everybody who is due. */
export async function tellClients(deps: Deps): Promise<void> {
  await endRevoked(deps);
  await tellDue(deps);
}

/** Tells everybody who is due now; one who cannot be told keeps nobody else waiting. */
export async function tellDue(deps: Deps): Promise<void> {
  const due = await deps.signInClients.due(nowSecondsOf(cronFacts(deps)), MAX_AT_ONCE);
  await Promise.all(due.map((client) => tellOne(client, deps)));
}

async function tellOne(client: DueClient, deps: Deps): Promise<void> {
  const { accountId, clientId, attempts } = client;
  const nowSeconds = nowSecondsOf(cronFacts(deps));
  const againAtSeconds = nowSeconds + FIRST_WAIT_SECONDS * 2 ** attempts;
  // Taken before it is told: of several runs at once, one tells.
  if (!(await deps.signInClients.claim(client, nowSeconds, againAtSeconds))) return;
  const found = await deps.directory.oauthClient(accountId, clientId);
  const address = found?.settings.backchannelLogoutUri;
  const failed =
    address === undefined ? null : await failureOf(client, address, idTokenAlgorithmOf(found), deps);
  if (failed !== null) {
    const gaveUp = attempts + 1 >= MAX_ATTEMPTS;
    deps.log(gaveUp ? 'error' : 'warn', 'logout.not_told', { accountId, clientId, gaveUp, reason: failed });
    if (!gaveUp) return;
  }
  await deps.signInClients.forget(client);
}

/** @returns null where the client says that it has heard it, else why not */
async function failureOf(
  client: DueClient,
  address: string,
  algorithm: SigningAlgorithm,
  deps: Deps,
): Promise<string | null> {
  try {
    const form = new URLSearchParams({ logout_token: await issueLogoutToken(client, algorithm, deps) });
    const status = await deps.tell(address, form, AbortSignal.timeout(DEADLINE_MILLISECONDS));
    // Section 2.8 wants 200; some frameworks answer 204 where there is nothing to say.
    return status === 200 || status === 204 ? null : `answered ${status}`;
  } catch (error) {
    return String(error).slice(0, 200);
  }
}

/** Recorded before it leaves, like whatever else is issued. */
async function issueLogoutToken(
  { accountId, sessionId, clientId, subject, attempts }: DueClient,
  algorithm: SigningAlgorithm,
  deps: Deps,
): Promise<string> {
  const key = (await requireKeyring(deps)).signing.get(algorithm);
  if (key === undefined) throw new Fault('service_unavailable', 'no key is active', { purpose: 'jwt' });
  const facts = cronFacts(deps);
  const tokenId = formatUuid(deps.random.bytes(TOKEN_ID_BYTES));
  const parameters = { clientId, sessionId, attempt: attempts + 1 };
  const operation = deploymentOperation(accountId, 'BackchannelLogout', parameters);
  await deps.audit.record(eventOf(operation, { elements: { tokenId } }, facts, deps.random), null);
  const { issuer } = deps.settings;
  return signLogoutToken(key, { issuer, clientId, subject, sessionId, tokenId }, nowSecondsOf(facts));
}

/** How many sessions one run looks at. */
const MAX_CHECKED = 200;

/** A revocation names no session: those that it ends, and that somebody has to be told of, are looked for. */
async function endRevoked(deps: Deps): Promise<void> {
  for (const session of await deps.signInClients.unchecked(MAX_CHECKED)) await endIfRevoked(session, deps);
}

async function endIfRevoked(session: SignInSession, deps: Deps): Promise<void> {
  const { identity, sessionId } = session;
  const { accountId } = identity;
  const { lastSequence } = await deps.directory.revocations(accountId);
  if (!(await isRevokedSignIn(session, deps))) {
    await deps.signInClients.markChecked(accountId, sessionId, lastSequence);
    return;
  }
  const operation = deploymentOperation(accountId, 'SignInRevoked', { sessionId });
  await deps.signInSessions.end(accountId, ownerOf(identity), sessionId, (elements) =>
    eventOf(operation, { elements: elements ?? null }, cronFacts(deps), deps.random),
  );
}

const deploymentOperation = (
  accountId: string,
  name: string,
  parameters: Operation['parameters'],
): Operation => ({
  ...{ accountId, name, parameters, source: SIGN_IN_SOURCE, readOnly: false },
  identity: { type: 'Deployment' },
});
