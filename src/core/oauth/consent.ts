/** What a person let an application have, so that it need not ask each time. */
import type { SignInOwner } from '../sign-in/identity.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { ClientSettings } from './client.ts';
import { isKnownReceiver } from './sign-out-settings.ts';

export interface Consent {
  readonly accountId: string;
  readonly owner: SignInOwner;
  readonly clientId: string;
  readonly roleArn: string;
  /** A role that is made anew under the same name was never let in. */
  readonly roleId: string;
  readonly scopes: readonly string[];
  readonly audiences: readonly string[];
  readonly givenAtSeconds: number;
  readonly expiresAtSeconds: number;
}

/** After a year people are asked again. */
export const CONSENT_SECONDS = 365 * 86_400;

/** Whether nothing is asked for that was not let. @param audience - of the tokens, the client's own where the request names none */
export const covers = (
  consent: Consent,
  { scope, audience }: { readonly scope: readonly string[]; readonly audience: string },
  nowSeconds: number,
): boolean =>
  nowSeconds < consent.expiresAtSeconds &&
  consent.audiences.includes(audience) &&
  scope.every((each) => consent.scopes.includes(each));

/** What is remembered once the person agrees again: of the same role both, of another role what was let last. */
export function joinConsents(before: Consent | null, given: Consent): Consent {
  if (before?.roleId !== given.roleId || before.expiresAtSeconds <= given.givenAtSeconds) return given;
  const both = (one: readonly string[], other: readonly string[]) => [...new Set([...one, ...other])];
  return {
    ...given,
    scopes: both(before.scopes, given.scopes),
    audiences: both(before.audiences, given.audiences),
  };
}

/** Who agrees, and under which rules. */
export interface Agreeing {
  readonly isRoot: boolean;
  /** That the account goes by PCI DSS, where each access is somebody's own act. */
  readonly isPci: boolean;
}

/**
 * Whether a request of this client may ever be answered without its person: not where another program could take its place, not for root,
 * not under PCI DSS.
 * @see RFC 9700 section 4.16, RFC 8252 section 8.6
 */
export const mayGoUnasked = (
  settings: Pick<ClientSettings, 'authenticationMethod'>,
  { redirectUri }: Pick<AuthorizationRequest, 'redirectUri'>,
  { isRoot, isPci }: Agreeing,
): boolean => isKnownReceiver(settings, redirectUri) && !isRoot && !isPci;

/** What a request wants a person for, whatever was remembered: to see the page, or to give something for when they are away. */
export const wantsAsking = ({ prompt, scope }: Pick<AuthorizationRequest, 'prompt' | 'scope'>): boolean =>
  prompt.includes('consent') || scope.includes('offline_access');
