import { queryApi } from '../query/service.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithSAML } from './assume-role-with-saml.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { decodeAuthorizationMessage } from './decode-authorization-message.ts';
import { getAccessKeyInfo } from './get-access-key-info.ts';
import { getCallerIdentity } from './get-caller-identity.ts';
import { getFederationToken } from './get-federation-token.ts';
import { getScopedCredentials } from './get-scoped-credentials.ts';
import { getSessionToken } from './get-session-token.ts';
import { getWebIdentityToken } from './get-web-identity-token.ts';

/** THE LIST of STS actions. */
export const sts = queryApi({
  service: 'sts',
  version: '2011-06-15',
  namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  eventSource: 'sts.amazonaws.com',
  actions: [
    assumeRole,
    assumeRoleWithSAML,
    assumeRoleWithWebIdentity,
    decodeAuthorizationMessage,
    getAccessKeyInfo,
    getCallerIdentity,
    getFederationToken,
    getScopedCredentials,
    getSessionToken,
    getWebIdentityToken,
  ],
});
