/** How an OAuth client is read and written. */
import { Fault } from '../../../../core/faults.ts';
import { SIGNING_ALGORITHMS } from '../../../../core/keyring/signing-algorithm.ts';
import { AUTHORIZATION_DETAIL_TYPES } from '../../../../core/oauth/authorization-details.ts';
import {
  CERTIFICATE_METHODS,
  CLIENT_GRANT_TYPES,
  type ClientSettings,
  DEFAULT_ID_TOKEN_ALGORITHM,
  idTokenAlgorithmOf,
  type OAuthClient,
} from '../../../../core/oauth/client.ts';
import { parseClientKeys } from '../../../../core/oauth/client-settings.ts';
import { DEFAULT_REFRESH_LIMITS, MAX_REFRESH_SECONDS } from '../../../../core/oauth/refresh-token.ts';
import { type InputOf, optional, withDefault } from '../../query/field.ts';
import { arn } from '../../query/fields.ts';
import { boolean, integer, list, oneOf, pattern, string } from '../../query/kinds.ts';
import { flag, listOf, maybe, moment, record, text, wholeNumber } from '../../query/shape.ts';
import {
  certificateFields,
  certificateRecord,
  certificateSettingsOf,
  certificateShape,
} from './certificate-fields.ts';

export const oauthClientId = () => string({ min: 1, max: 64, pattern: pattern('[A-Za-z0-9_-]+') });
const uris = () => withDefault(list(string({ min: 1, max: 2000 }), { max: 20 }), []);
const words = (max: number) => withDefault(list(string({ min: 1, max }), { max: 50 }), []);

/** What is said of a client: the members of RFC 7591 in AWS's spelling. */
export const clientFields = {
  ClientName: string({
    min: 1,
    max: 128,
    pattern: pattern('[\\u0020-\\u007E\\u00A1-\\uD7FF\\uE000-\\uFFFD]+'),
  }),
  TokenEndpointAuthMethod: oneOf([
    'none',
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
    'federated_jwt',
    ...CERTIFICATE_METHODS,
  ]),
  GrantTypes: list(oneOf(CLIENT_GRANT_TYPES), { min: 1, max: CLIENT_GRANT_TYPES.length }),
  RedirectUris: uris(),
  Scopes: words(128),
  Audiences: words(1000),
  AuthorizationDetailsTypes: withDefault(list(oneOf(AUTHORIZATION_DETAIL_TYPES), { max: 10 }), []),
  /** Audiences that the client is itself, as an API. */
  ServedAudiences: words(1000),
  RoleArn: optional(arn()),
  DPoPBoundAccessTokens: withDefault(boolean(), false),
  ...certificateFields,
  PostLogoutRedirectUris: uris(),
  BackchannelLogoutUri: optional(string({ min: 1, max: 2000 })),
  FirstParty: withDefault(boolean(), false),
  /** A JSON Web Key Set, for `private_key_jwt`. */
  JWKS: optional(string({ min: 2, max: 32_768 })),
  /** Whose tokens prove the client, for `federated_jwt`. */
  AssertionIssuer: optional(string({ min: 1, max: 255 })),
  AssertionSubject: optional(string({ min: 1, max: 255 })),
  AssertionAudience: optional(string({ min: 1, max: 255 })),
  AccessTokenFormat: withDefault(oneOf(['jwt', 'opaque']), 'jwt'),
  /** Of its ID tokens and logout tokens. */
  IdTokenSignedResponseAlg: withDefault(oneOf(SIGNING_ALGORITHMS), DEFAULT_ID_TOKEN_ALGORITHM),
  /** How long its refresh tokens live in all. */
  RefreshTokenSeconds: withDefault(
    integer({ min: 3600, max: MAX_REFRESH_SECONDS }),
    DEFAULT_REFRESH_LIMITS.maxSeconds,
  ),
  /** How long one may lie unused. */
  RefreshTokenIdleSeconds: optional(integer({ min: 300, max: MAX_REFRESH_SECONDS })),
};

/** @throws Fault `invalid_input` for keys that cannot be used */
export function settingsOf(input: InputOf<typeof clientFields>): ClientSettings {
  const keys = input.JWKS === undefined ? null : parseClientKeys(input.JWKS);
  if (keys?.ok === false) throw new Fault('invalid_input', keys.failure);
  return {
    name: input.ClientName,
    authenticationMethod: input.TokenEndpointAuthMethod,
    grantTypes: [...new Set(input.GrantTypes)],
    redirectUris: input.RedirectUris,
    scopes: [...new Set(input.Scopes)],
    audiences: [...new Set(input.Audiences)],
    ...(input.AuthorizationDetailsTypes.length > 0 && {
      authorizationDetailTypes: [...new Set(input.AuthorizationDetailsTypes)],
    }),
    ...(input.ServedAudiences.length > 0 && { servedAudiences: [...new Set(input.ServedAudiences)] }),
    roleArn: input.RoleArn ?? null,
    dpopRequired: input.DPoPBoundAccessTokens,
    keys: keys?.value ?? [],
    ...federatedAssertionOf(input),
    ...certificateSettingsOf(input),
    ...(input.PostLogoutRedirectUris.length > 0 && { postLogoutRedirectUris: input.PostLogoutRedirectUris }),
    ...(input.BackchannelLogoutUri !== undefined && { backchannelLogoutUri: input.BackchannelLogoutUri }),
    ...(input.FirstParty && { firstParty: true }),
    ...(input.AccessTokenFormat === 'opaque' && { accessTokenFormat: 'opaque' }),
    ...(input.IdTokenSignedResponseAlg !== DEFAULT_ID_TOKEN_ALGORITHM && {
      idTokenAlgorithm: input.IdTokenSignedResponseAlg,
    }),
    refresh: {
      maxSeconds: input.RefreshTokenSeconds,
      idleSeconds:
        input.RefreshTokenIdleSeconds ??
        Math.min(input.RefreshTokenSeconds, DEFAULT_REFRESH_LIMITS.idleSeconds),
    },
  };
}

/** @throws Fault `invalid_input` where some of the three parts are given */
function federatedAssertionOf({
  AssertionIssuer: issuer,
  AssertionSubject: subject,
  AssertionAudience: audience,
}: InputOf<typeof clientFields>): Pick<ClientSettings, 'federatedAssertion'> {
  if (issuer === undefined && subject === undefined && audience === undefined) return {};
  if (issuer === undefined || subject === undefined || audience === undefined)
    throw new Fault('invalid_input', 'AssertionIssuer, AssertionSubject and AssertionAudience go together');
  return { federatedAssertion: { issuer, subject, audience } };
}

/** A client as answers show it; never a secret. */
export const clientShape = record({
  ClientId: text,
  Arn: text,
  ClientName: text,
  TokenEndpointAuthMethod: text,
  GrantTypes: listOf(text),
  RedirectUris: listOf(text),
  Scopes: listOf(text),
  Audiences: listOf(text),
  AuthorizationDetailsTypes: listOf(text),
  ServedAudiences: listOf(text),
  RoleArn: maybe(text),
  DPoPBoundAccessTokens: flag,
  ...certificateShape,
  PostLogoutRedirectUris: listOf(text),
  BackchannelLogoutUri: maybe(text),
  FirstParty: flag,
  AccessTokenFormat: text,
  IdTokenSignedResponseAlg: text,
  RefreshTokenSeconds: wholeNumber,
  RefreshTokenIdleSeconds: wholeNumber,
  KeyIds: listOf(text),
  AssertionIssuer: maybe(text),
  AssertionSubject: maybe(text),
  AssertionAudience: maybe(text),
  Secrets: listOf(record({ CreateDate: moment, ExpireDate: maybe(moment) })),
  CreateDate: moment,
});

export const clientRecord = ({
  clientId,
  arn: clientArn,
  settings,
  secrets,
  createdAtSeconds,
}: OAuthClient) => ({
  ClientId: clientId,
  Arn: clientArn,
  ClientName: settings.name,
  TokenEndpointAuthMethod: settings.authenticationMethod,
  GrantTypes: settings.grantTypes,
  RedirectUris: settings.redirectUris,
  Scopes: settings.scopes,
  Audiences: settings.audiences,
  AuthorizationDetailsTypes: settings.authorizationDetailTypes ?? [],
  ServedAudiences: settings.servedAudiences ?? [],
  RoleArn: settings.roleArn,
  DPoPBoundAccessTokens: settings.dpopRequired,
  ...certificateRecord(settings),
  PostLogoutRedirectUris: settings.postLogoutRedirectUris ?? [],
  BackchannelLogoutUri: settings.backchannelLogoutUri,
  FirstParty: settings.firstParty ?? false,
  AccessTokenFormat: settings.accessTokenFormat ?? 'jwt',
  IdTokenSignedResponseAlg: idTokenAlgorithmOf({ settings }),
  RefreshTokenSeconds: (settings.refresh ?? DEFAULT_REFRESH_LIMITS).maxSeconds,
  RefreshTokenIdleSeconds: (settings.refresh ?? DEFAULT_REFRESH_LIMITS).idleSeconds,
  KeyIds: settings.keys.map(({ kid }) => kid),
  AssertionIssuer: settings.federatedAssertion?.issuer ?? null,
  AssertionSubject: settings.federatedAssertion?.subject ?? null,
  AssertionAudience: settings.federatedAssertion?.audience ?? null,
  Secrets: secrets.map((secret) => ({
    CreateDate: secret.createdAtSeconds,
    ExpireDate: secret.expiresAtSeconds,
  })),
  CreateDate: createdAtSeconds,
});
