/**
 * Which kind of credential may call what, before any policy is asked: a session that a user made for itself reaches IAM only with
 * a second factor, a federated user never, and sessions do not beget sessions of users.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
 */
import { Fault } from '../core/faults.ts';
import type { Caller } from './caller.ts';

/** How a caller is known. */
export type CredentialKind = 'long-term' | 'role-session' | 'own-session' | 'federated-user';

/** @returns the kind of credential that a caller has shown */
export function credentialKindOf({ session }: Pick<Caller, 'session'>): CredentialKind {
  switch (session?.identity.type) {
    case undefined:
      return 'long-term';
    case 'role':
      return 'role-session';
    case 'federated-user':
      return 'federated-user';
    case 'user':
    case 'root':
      return 'own-session';
  }
}

const LONG_TERM_ONLY: ReadonlySet<string> = new Set(['GetSessionToken', 'GetFederationToken']);
/** What STS lets a kind of session call; a kind that is not here may call everything but the above. */
const STS_CALLS: ReadonlyMap<CredentialKind, ReadonlySet<string>> = new Map([
  ['own-session', new Set(['AssumeRole', 'GetCallerIdentity', 'GetScopedCredentials'])],
  ['federated-user', new Set(['GetCallerIdentity', 'GetScopedCredentials'])],
]);

/**
 * @param service - the API called
 * @param action - its action
 * @throws Fault `invalid_subject_credentials` where there is no session to scope down, `access_denied` where STS does not take such a credential for this call, `invalid_client_token_id` where IAM takes
 * it for none (AWS's code for that)
 */
export function requireSuitableCredential(caller: Caller, service: string, action: string): void {
  const kind = credentialKindOf(caller);
  if (service === 'iam' && !isForIam(kind, caller)) {
    throw new Fault('invalid_client_token_id', 'the security token included in the request is invalid', {
      reason: `a credential of kind ${kind} without a second factor may not call IAM`,
    });
  }
  if (service === 'sts' && action === 'GetScopedCredentials' && kind === 'long-term') {
    throw new Fault('invalid_subject_credentials', 'only temporary credentials can be scoped down');
  }
  if (service === 'sts' && !isForSts(kind, action)) {
    throw new Fault('access_denied', `Cannot call ${action} with ${DESCRIPTIONS[kind]} credentials`, {
      kind,
    });
  }
  if (service === 'sts' && action === 'AssumeRole' && caller.principal.type === 'root') {
    throw new Fault('access_denied', 'Roles may not be assumed by root accounts.');
  }
}

const isForIam = (kind: CredentialKind, { session }: Caller): boolean =>
  kind === 'long-term' ||
  kind === 'role-session' ||
  (kind === 'own-session' && session?.mfaAtSeconds != null);

const isForSts = (kind: CredentialKind, action: string): boolean => {
  if (LONG_TERM_ONLY.has(action)) return kind === 'long-term';
  return STS_CALLS.get(kind)?.has(action) ?? true;
};

const DESCRIPTIONS: Readonly<Record<CredentialKind, string>> = {
  'long-term': 'long-term',
  'role-session': 'session',
  'own-session': 'session',
  'federated-user': 'federation token',
};
