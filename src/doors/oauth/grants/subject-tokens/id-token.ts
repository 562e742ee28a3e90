import { assumedRoleArn, parseIamArn } from '../../../../core/arn.ts';
import { Fault } from '../../../../core/faults.ts';
import { requireAudience } from '../../../../usecases/audience.ts';
import { federate, federatedSubject } from '../../../../usecases/federate.ts';
import type { SubjectToken } from './subject-token.ts';

/** A token of a registered provider; `resource` is the role wanted. */
export const idToken: SubjectToken = {
  types: ['urn:ietf:params:oauth:token-type:id_token', 'urn:ietf:params:oauth:token-type:jwt'],
  signed: false,
  believe: async (wish, { deps, facts, tell }) => {
    const { roleArn, accountId } = requireRole(wish.resource);
    tell({
      accountId,
      parameters: { resource: roleArn, audience: wish.audience, requestedTokenType: wish.tokenType },
    });
    const audience = await requireAudience(wish.audience, accountId, deps);
    const { role, session, provider, name, identity } = await federate(
      {
        roleArn,
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
      session,
      audience,
      caller: null,
      arn: assumedRoleArn(role.accountId, role.name, session.identity.sessionName),
      clientId: identity.authorizedParty ?? identity.audience,
      subject: await federatedSubject(role.accountId, provider.arn, identity.subject),
    };
  },
};

/** @throws Fault `invalid_target` */
function requireRole(resource: string | null): { readonly roleArn: string; readonly accountId: string } {
  if (resource === null) throw new Fault('invalid_target', 'resource must be the ARN of the role wanted');
  const named = parseIamArn(resource);
  if (named?.kind !== 'role') throw new Fault('invalid_target', 'resource is not the ARN of a role');
  return { roleArn: resource, accountId: named.accountId };
}
