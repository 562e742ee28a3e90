import { grantedDetails } from '../../../../core/oauth/authorization-details.ts';
import { exchangeAccessToken } from '../../../../usecases/oauth/exchange-access-token.ts';
import { resourceOf } from '../grant.ts';
import { ACCESS_TOKEN, AWS_CREDENTIALS, ID_TOKEN, type SubjectToken } from './subject-token.ts';

const BECOMES = {
  [ACCESS_TOKEN]: 'access-token',
  [AWS_CREDENTIALS]: 'aws-keys',
  [ID_TOKEN]: 'id-token',
} as const;

/** An access token of ours; `resource` is another spelling of `audience`, for the session has its role already. */
export const ownAccessToken: SubjectToken = {
  types: [ACCESS_TOKEN],
  signed: false,
  believe: async (wish, { deps, facts, client, keyThumbprint, tell }, parameters) => {
    const audience = resourceOf(parameters);
    const { scope, policy, subjectToken, tokenType } = wish;
    tell({ parameters: { audience, scope, requestedTokenType: tokenType } });
    const asked = { subjectToken, audience, scope, policy, becomes: BECOMES[tokenType] };
    const { token, caller, session, scopes, ...exchanged } = await exchangeAccessToken(
      { ...asked, keyThumbprint },
      client,
      facts,
      deps,
    );
    return {
      session,
      audience: exchanged.audience,
      clientId: exchanged.clientId,
      scope: scopes === null ? null : scopes.join(' '),
      authorizationDetails: grantedDetails(token.claims.authorization_details),
      caller: null,
      arn: caller.arn,
      subject: token.subject,
      elements: { exchanged: token.tokenId },
    };
  },
};
