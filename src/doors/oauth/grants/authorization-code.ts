/** A client trades the code that a person's browser brought. @see RFC 6749 section 4.1.3, RFC 7636 */
import { Fault } from '../../../core/faults.ts';
import { redeemAuthorizationCode } from '../../../usecases/redeem-authorization-code.ts';
import { clientOf, type Grant, type TokenParameters } from './grant.ts';
import { personalAnswer, requireGranted } from './personal-answer.ts';

export const authorizationCode: Grant = {
  type: 'authorization_code',
  eventName: 'AuthorizationCodeToken',
  clientAuthentication: 'required',
  takesDetails: true,
  run: async (parameters, context) => {
    const { deps, facts, tell } = context;
    const client = clientOf(context);
    tell({ parameters: { clientId: client.clientId } });
    const shown = {
      code: required(parameters, 'code'),
      redirectUri: required(parameters, 'redirect_uri'),
      codeVerifier: required(parameters, 'code_verifier'),
      keyThumbprint: context.keyThumbprint,
    };
    const code = await redeemAuthorizationCode(shown, client, facts, deps);
    requireGranted(parameters, code.grant);
    return personalAnswer(code.grant, client, code.nonce, context);
  },
};

function required(parameters: TokenParameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw new Fault('missing_parameter', `${name} is missing`);
  return value;
}
