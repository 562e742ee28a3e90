/** Lets root back in that has lost its password or its factors: the deployment's own recovery token, once. */
import { toBase64Url } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { digestOf } from '../core/digest.ts';
import { Fault } from '../core/faults.ts';
import type { Deps } from './deps.ts';
import { eventOf, type Operation } from './record.ts';
import { endOfReach } from './revoke-sessions.ts';

/** What a recovery answers, once. */
export interface RecoveredRoot {
  readonly endpoint: string;
  readonly accountId: string;
  /** The password is good for an hour, and for nothing but choosing another. */
  readonly root: { readonly email: string; readonly password: string };
}

const PASSWORD_BYTES = 24;
/** A used token stays used. */
const FOREVER_SECONDS = Number.MAX_SAFE_INTEGER;

/**
 * Who may is decided by then: the caller has shown the recovery token.
 * @param token - as it was shown; its hash alone is kept
 * @throws Fault `missing_authentication` for a token that was used, `no_such_entity`, `not_set_up`
 */
export async function recoverRoot(
  { accountId, token }: { readonly accountId: string; readonly token: string },
  facts: RequestFacts,
  deps: Deps,
): Promise<RecoveredRoot> {
  const deploymentAccountId = await deps.directory.setUpAccount();
  if (deploymentAccountId === null) throw new Fault('not_set_up', 'this deployment is not set up');
  const email = await deps.signInAccounts.rootEmail(accountId);
  const state =
    email === null ? null : await deps.loginProfiles.findState(accountId, { type: 'root', email });
  const before = state?.passwordHash ?? null;
  if (email === null || before === null) throw new Fault('no_such_entity', 'there is no such account');
  const password = toBase64Url(deps.random.bytes(PASSWORD_BYTES));
  await deps.rootRecovery.recover({
    accountId,
    deploymentAccountId,
    token: {
      purpose: 'root-recovery',
      valueHash: await digestOf(token),
      expiresAtSeconds: FOREVER_SECONDS,
    },
    before,
    passwordHash: await deps.passwords.hash(password, before),
    revokedUntilSeconds: endOfReach(nowSecondsOf(facts)),
    event: () => eventOf(recovery(accountId), {}, facts, deps.random),
  });
  const { requestId, sourceIp } = facts;
  deps.log('warn', 'root.recovered', { accountId, requestId, sourceIp });
  return { endpoint: deps.settings.issuer, accountId, root: { email, password } };
}

/** Writes a refused try down, before the answer leaves. Who sent it is not known; a flood of them is sampled. */
export async function noteRefusedRecovery(fault: Fault, facts: RequestFacts, deps: Deps): Promise<void> {
  const accountId = await deps.directory.setUpAccount();
  if (accountId === null) return;
  deps.log('warn', 'root.recovery-refused', {
    requestId: facts.requestId,
    sourceIp: facts.sourceIp,
    code: fault.code,
  });
  deps.audit.note(eventOf(recovery(accountId), { fault }, facts, deps.random), facts.near);
}

const recovery = (accountId: string): Operation => ({
  accountId,
  source: 'daypass.amazonaws.com',
  name: 'RecoverRoot',
  identity: { type: 'Deployment' },
  readOnly: false,
  parameters: { accountId },
});
