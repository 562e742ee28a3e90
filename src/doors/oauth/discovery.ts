/**
 * Discovery: exactly what this server does. @see RFC 8414, OpenID Connect Discovery 1.0
 */

import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../core/keyring/signing-algorithm.ts';
import { AUTHORIZATION_DETAIL_TYPES } from '../../core/oauth/authorization-details.ts';
import { PROMPTS, RESPONSE_MODES } from '../../core/oauth/authorization-request.ts';
import { CERTIFICATE_METHODS, CLIENT_KEY_ALGORITHMS } from '../../core/oauth/client.ts';
import { DPOP_ALGORITHMS } from '../../core/oauth/dpop-proof.ts';
import { ACR_MFA, ACR_SINGLE } from '../../core/sign-in/session.ts';
import type { Settings } from '../../usecases/deps.ts';
import { CLIENT_AUTHENTICATIONS } from './client-authentication/index.ts';
import { GRANTS } from './grants/index.ts';

/** Where a client and its certificate come to. @see RFC 8705 sections 3.3 and 5 */
const mutualTls = (origin: string | null) =>
  origin === null
    ? {}
    : {
        tls_client_certificate_bound_access_tokens: true,
        mtls_endpoint_aliases: {
          token_endpoint: `${origin}/oauth/token`,
          device_authorization_endpoint: `${origin}/oauth/device_authorization`,
          pushed_authorization_request_endpoint: `${origin}/oauth/par`,
          introspection_endpoint: `${origin}/oauth/introspect`,
          revocation_endpoint: `${origin}/oauth/revoke`,
        },
      };

/** The methods by which clients prove themselves here: certificates are shown only where they are asked for. */
const methodsAt = ({ mtlsOrigin }: Here): readonly string[] => [
  ...CLIENT_AUTHENTICATIONS.keys(),
  ...(mtlsOrigin === null ? [] : CERTIFICATE_METHODS),
];

/** What a deployment says of itself. */
type Here = Pick<Settings, 'issuer' | 'mtlsOrigin' | 'clientDocuments'>;

/** What both documents say. */
const common = ({ issuer, mtlsOrigin, clientDocuments }: Here, methods: readonly string[]) => ({
  issuer,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  token_endpoint: `${issuer}/oauth/token`,
  grant_types_supported: [...GRANTS.keys()],
  token_endpoint_auth_methods_supported: methods,
  token_endpoint_auth_signing_alg_values_supported: [...CLIENT_KEY_ALGORITHMS],
  authorization_endpoint: `${issuer}/oauth/authorize`,
  device_authorization_endpoint: `${issuer}/oauth/device_authorization`,
  introspection_endpoint: `${issuer}/oauth/introspect`,
  introspection_endpoint_auth_methods_supported: methods.filter((name) => name !== 'none'),
  introspection_endpoint_auth_signing_alg_values_supported: [...CLIENT_KEY_ALGORITHMS],
  revocation_endpoint: `${issuer}/oauth/revoke`,
  revocation_endpoint_auth_methods_supported: methods,
  revocation_endpoint_auth_signing_alg_values_supported: [...CLIENT_KEY_ALGORITHMS],
  registration_endpoint: `${issuer}/oauth/register`,
  pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
  authorization_details_types_supported: [...AUTHORIZATION_DETAIL_TYPES],
  authorization_response_iss_parameter_supported: true,
  dpop_signing_alg_values_supported: [...DPOP_ALGORITHMS],
  code_challenge_methods_supported: ['S256'],
  response_types_supported: ['code'],
  response_modes_supported: [...RESPONSE_MODES],
  prompt_values_supported: [...PROMPTS],
  acr_values_supported: [ACR_SINGLE, ACR_MFA],
  request_parameter_supported: false,
  request_uri_parameter_supported: false,
  ...(clientDocuments === true && { client_id_metadata_document_supported: true }),
  ...mutualTls(mtlsOrigin),
});

export const oauthMetadata = (here: Here) => common(here, methodsAt(here));

/**
 * The OpenID document adds what verifiers of our tokens expect to find there.
 * @param working - the algorithms that have a key to sign with
 */
export const openIdMetadata = (here: Here, working: ReadonlySet<SigningAlgorithm>) => ({
  ...common(here, methodsAt(here)),
  userinfo_endpoint: `${here.issuer}/oauth/userinfo`,
  end_session_endpoint: `${here.issuer}/oauth/logout`,
  backchannel_logout_supported: true,
  backchannel_logout_session_supported: true,
  subject_types_supported: ['public'],
  scopes_supported: ['openid', 'profile', 'offline_access'],
  id_token_signing_alg_values_supported: SIGNING_ALGORITHMS.filter((algorithm) => working.has(algorithm)),
  claims_supported: [
    'iss',
    'aud',
    'client_id',
    'sub',
    'exp',
    'iat',
    'jti',
    'acr',
    'amr',
    'auth_time',
    'sid',
    'nonce',
    'at_hash',
    'name',
    'preferred_username',
    'daypass',
  ],
});
