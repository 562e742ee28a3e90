/** A client asks for new tokens without its person. @see RFC 6749 section 6, RFC 9700 section 4.14 */
import { Fault } from '../../../core/faults.ts';
import { refreshGrant } from '../../../usecases/refresh-grant.ts';
import { detailsOf } from '../authorization-details.ts';
import { clientOf, type Grant, resourceOf } from './grant.ts';
import { personalAnswer } from './personal-answer.ts';

export const refreshToken: Grant = {
  type: 'refresh_token',
  eventName: 'RefreshToken',
  clientAuthentication: 'required',
  takesDetails: true,
  run: async (parameters, context) => {
    const { deps, facts, keyThumbprint, tell } = context;
    const client = clientOf(context);
    const scope = parameters.get('scope') ?? null;
    tell({ parameters: { clientId: client.clientId, scope } });
    const token = parameters.get('refresh_token');
    if (token === undefined) throw new Fault('missing_parameter', 'refresh_token is missing');
    const details = detailsOf(parameters);
    const wish = { token, scope, audience: resourceOf(parameters), details, keyThumbprint };
    const refreshed = await refreshGrant(wish, client, facts, deps);
    return personalAnswer(refreshed.grant, client, null, context, refreshed);
  },
};
