/**
 * Names of the things whose change can alter a decision: what the change log lists and what cached entries depend on.
 * Always `ACCOUNT/kind:id`.
 */
export type Entity = `${string}/${string}:${string}`;

/** The account column of what belongs to the whole deployment. */
export const DEPLOYMENT = 'deployment';

export const userEntity = (accountId: string, userId: string): Entity => `${accountId}/user:${userId}`;
export const groupEntity = (accountId: string, groupId: string): Entity => `${accountId}/group:${groupId}`;
export const roleEntity = (accountId: string, roleId: string): Entity => `${accountId}/role:${roleId}`;
export const policyEntity = (accountId: string, policyArn: string): Entity =>
  `${accountId}/policy:${policyArn}`;
export const accessKeyEntity = (accountId: string, id: string): Entity => `${accountId}/access-key:${id}`;
export const oidcProviderEntity = (accountId: string, url: string): Entity =>
  `${accountId}/oidc-provider:${url}`;
export const providerClientsEntity = (accountId: string, providerId: string): Entity =>
  `${accountId}/provider-clients:${providerId}`;
export const mappingRulesEntity = (accountId: string, providerId: string): Entity =>
  `${accountId}/mapping-rules:${providerId}`;
export const samlProviderEntity = (accountId: string, providerId: string): Entity =>
  `${accountId}/saml-provider:${providerId}`;
export const audienceEntity = (accountId: string, audience: string): Entity =>
  `${accountId}/audience:${audience}`;
export const oauthClientEntity = (accountId: string, clientId: string): Entity =>
  `${accountId}/oauth-client:${clientId}`;
export const oauthScopeEntity = (accountId: string, scope: string): Entity =>
  `${accountId}/oauth-scope:${scope}`;
export const revocationsEntity = (accountId: string): Entity => `${accountId}/revocations:all`;
export const instanceEntity = (accountId: string, instanceId: string): Entity =>
  `${accountId}/instance:${instanceId}`;
export const instanceProfileEntity = (accountId: string, profileId: string): Entity =>
  `${accountId}/instance-profile:${profileId}`;
export const outboundFederationEntity = (accountId: string): Entity =>
  `${accountId}/outbound-federation:enabled`;
export const trustAnchorEntity = (accountId: string, anchorId: string): Entity =>
  `${accountId}/trust-anchor:${anchorId}`;
export const anywhereProfileEntity = (accountId: string, profileId: string): Entity =>
  `${accountId}/anywhere-profile:${profileId}`;
export const KEYRING_ENTITY: Entity = `${DEPLOYMENT}/keyring:all`;
export const SETUP_ENTITY: Entity = `${DEPLOYMENT}/setup:done`;

/** @returns account and rest of an entity's name, as the change log's two columns */
export function splitEntity(entity: Entity): { readonly accountId: string; readonly entity: string } {
  const slash = entity.indexOf('/');
  return { accountId: entity.slice(0, slash), entity: entity.slice(slash + 1) };
}
