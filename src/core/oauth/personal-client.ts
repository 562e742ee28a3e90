/** What the grants that a person approves need to know of a client. */
import type { OAuthClient } from './client.ts';
import { PROTOCOL_SCOPES } from './scope.ts';

export interface PersonalClient {
  readonly accountId: string;
  readonly clientId: string;
  /** As its maintainer named it: people read it, so it is shown as text that somebody chose. */
  readonly name: string;
  /** Of its access tokens, where a request names none. */
  readonly audience: string | null;
  readonly audiences: readonly string[];
  /** Registered scopes that it may ask for; empty where it uses none. */
  readonly scopes: readonly string[];
  /** Types of `authorization_details` that it may ask for. */
  readonly detailTypes: readonly string[];
  /** Whether it may have refresh tokens. */
  readonly refreshes: boolean;
}

export const personalClientOf = ({ accountId, clientId, settings }: OAuthClient): PersonalClient => ({
  accountId,
  clientId,
  name: settings.name,
  audience: settings.audiences[0] ?? null,
  audiences: settings.audiences,
  scopes: settings.scopes,
  detailTypes: settings.authorizationDetailTypes ?? [],
  refreshes: settings.grantTypes.includes('refresh_token'),
});

/** Whether the client may ask for each of the scopes. */
export const mayAskFor = ({ scopes }: PersonalClient, asked: readonly string[]): boolean =>
  asked.every((scope) => PROTOCOL_SCOPES.has(scope) || scopes.includes(scope));
