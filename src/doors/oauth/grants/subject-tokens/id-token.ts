import { assumedRoleArn, isAccountId, parseArn, parseIamArn, rootArn } from '../../../../core/arn.ts';
import { Fault } from '../../../../core/faults.ts';
import { accountOfClientId } from '../../../../core/oauth/client.ts';
import { federate, federatedSubject } from '../../../../usecases/federate.ts';
import { issuedTo, refuseIdToken } from './for-client.ts';
import { ID_TOKEN, type SubjectToken } from './subject-token.ts';

/** A token of a registered provider; `resource` is the role wanted, or left to its mapping rules. */
export const idToken: SubjectToken = {
  types: [ID_TOKEN],
  signed: false,
  believe: async (wish, context) => {
    const { deps, facts, tell } = context;
    refuseIdToken(wish);
    const target = readTarget(wish.resource);
    const accountId = target.accountId ?? (await deps.directory.setUpAccount()) ?? '';
    tell({
      accountId,
      parameters: { resource: wish.resource, audience: wish.audience, requestedTokenType: wish.tokenType },
    });
    const issued = await issuedTo(wish, accountId, context);
    const { role, session, name, identity, onTrial } = await federate(
      {
        roleArn: target.roleArn,
        accountId,
        sessionName: null,
        token: wish.subjectToken,
        providerId: null,
        durationSeconds: null,
        inlinePolicy: wish.policy,
        policyArns: [],
      },
      facts,
      deps,
    );
    tell({ identity: { type: 'WebIdentityUser', identityProvider: name, userName: identity.subject } });
    return {
      session: await issued.narrow(session),
      audience: issued.audience,
      scope: issued.scope,
      caller: null,
      arn: assumedRoleArn(role.accountId, role.name, session.identity.sessionName),
      clientId: issued.clientId ?? upstreamClient(identity, role.accountId),
      subject: await federatedSubject(role.accountId, name, identity.subject),
      ...(onTrial.length > 0 && { elements: { onTrial } }),
    };
  },
};

/**
 * The client that the upstream token was issued to. A token that names a client of ours counts as that client's own to ask
 * about, end and trade: nobody else's word makes it so. A client of another Daypass is only a name here.
 * @throws Fault `invalid_identity_token`
 */
function upstreamClient(
  { authorizedParty, audience }: { readonly authorizedParty: string | null; readonly audience: string },
  accountId: string,
): string {
  const clientId = authorizedParty ?? audience;
  if (accountOfClientId(clientId) === accountId)
    throw new Fault('invalid_identity_token', 'the token names a client of ours, which did not ask');
  return clientId;
}

/** Null where the provider's mapping rules choose the role; a null account is that of this deployment's setup. */
interface Target {
  readonly roleArn: string | null;
  readonly accountId: string | null;
}

/**
 * Whom a token is wanted for: a role by its ARN; an account by its root's ARN, whose mapping rules then choose; or nothing.
 * @throws Fault `invalid_target`
 */
function readTarget(resource: string | null): Target {
  if (resource === null) return { roleArn: null, accountId: null };
  const role = parseIamArn(resource);
  if (role?.kind === 'role') return { roleArn: resource, accountId: role.accountId };
  const accountId = parseArn(resource)?.accountId ?? '';
  if (isAccountId(accountId) && resource === rootArn(accountId)) return { roleArn: null, accountId };
  throw new Fault('invalid_target', 'resource is neither the ARN of a role nor of an account');
}
