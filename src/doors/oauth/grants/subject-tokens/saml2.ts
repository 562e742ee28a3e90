import { assumedRoleArn } from '../../../../core/arn.ts';
import { parseBase64Url, parseUtf8 } from '../../../../core/bytes.ts';
import { Fault } from '../../../../core/faults.ts';
import { samlAddresses } from '../../../../core/saml/provider.ts';
import { federatedSubject } from '../../../../usecases/federate.ts';
import { federateSaml } from '../../../../usecases/federate-saml.ts';
import { onTrialElements } from '../../../../usecases/trust-trial.ts';
import { issuedTo, refuseIdToken } from './for-client.ts';
import { requireRole } from './role-wanted.ts';
import type { SubjectToken } from './subject-token.ts';

/** A signed SAML assertion, or the response around it, in base64url. @see RFC 8693 section 3; RFC 7522 section 2.1 */
export const saml2: SubjectToken = {
  types: ['urn:ietf:params:oauth:token-type:saml2'],
  signed: false,
  believe: async (wish, context) => {
    const { deps, facts, tell } = context;
    refuseIdToken(wish);
    const { roleArn, accountId } = requireRole(wish.resource);
    tell({
      accountId,
      parameters: { resource: roleArn, audience: wish.audience, requestedTokenType: wish.tokenType },
    });
    const issued = await issuedTo(wish, accountId, context);
    const { role, session, provider, assertion, nameQualifier, onTrial } = await federateSaml(
      {
        roleArn,
        providerArn: null,
        xml: decode(wish.subjectToken),
        durationSeconds: null,
        inlinePolicy: wish.policy,
        policyArns: [],
      },
      facts,
      deps,
    );
    const { nameId } = assertion.subject;
    tell({ identity: { type: 'SAMLUser', identityProvider: nameQualifier, userName: nameId } });
    return {
      session: await issued.narrow(session),
      audience: issued.audience,
      scope: issued.scope,
      caller: null,
      arn: assumedRoleArn(role.accountId, role.name, session.identity.sessionName),
      clientId: issued.clientId ?? samlAddresses(deps.settings.issuer, provider.providerId).entityId,
      subject: await federatedSubject(role.accountId, provider.arn, nameId),
      elements: onTrialElements(onTrial),
    };
  },
};

function decode(token: string): string {
  const bytes = parseBase64Url(token);
  const text = bytes === null ? null : parseUtf8(bytes);
  if (text === null)
    throw new Fault('invalid_identity_token', 'the SAML assertion is not base64url of UTF-8');
  return text;
}
