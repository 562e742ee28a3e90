/** A client asks in its own name. @see RFC 6749 section 4.4 */
import { nowSecondsOf } from '../../../core/context/request-context.ts';
import { Fault } from '../../../core/faults.ts';
import { policiesOfDetails } from '../../../core/oauth/authorization-details.ts';
import { PROTOCOL_SCOPES } from '../../../core/oauth/scope.ts';
import { clientAudience, clientSession } from '../../../usecases/oauth/client-session.ts';
import { requireDetailTypes } from '../../../usecases/oauth/details.ts';
import { requireScopes, scopedTo } from '../../../usecases/oauth/scopes.ts';
import { detailsOf } from '../authorization-details.ts';
import { accessTokenAnswer } from './access-token-answer.ts';
import { clientOf, type Grant, resourceOf } from './grant.ts';

export const clientCredentials: Grant = {
  type: 'client_credentials',
  eventName: 'ClientCredentials',
  clientAuthentication: 'required',
  takesDetails: true,
  run: async (parameters, context) => {
    const { deps, facts, tell } = context;
    const client = clientOf(context);
    const asked = parameters.get('scope') ?? null;
    tell({ parameters: { clientId: client.clientId, scope: asked, audience: resourceOf(parameters) } });
    const granted = requireScopes(asked, client);
    // There is no person to sign in or to be away.
    const scopes = granted?.filter((scope) => !PROTOCOL_SCOPES.has(scope)) ?? null;
    if (asked !== null && scopes?.length !== granted?.length)
      throw new Fault('invalid_scope', 'a client of its own has no such scope');
    const audience = await clientAudience(resourceOf(parameters), client, deps);
    const authorizationDetails = detailsOf(parameters);
    requireDetailTypes(authorizationDetails, client.settings.authorizationDetailTypes ?? []);
    const begun = await clientSession(client, facts, deps);
    const scoped = await scopedTo(begun.session, scopes, deps);
    const session = {
      ...scoped,
      scopes: [...scoped.scopes, ...policiesOfDetails(authorizationDetails ?? [])],
    };
    return accessTokenAnswer(
      {
        ...{ session, audience, clientId: client.clientId, subject: client.clientId, arn: begun.arn },
        scope: scopes === null ? null : scopes.join(' '),
        authorizationDetails,
        nowSeconds: nowSecondsOf(facts),
      },
      context,
    );
  },
};
