/** Browser logins at outside providers: begun here, finished in the same browser. */
import { equalStrings, toBase64Url, utf8 } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { type LoginClient, LoginFlowError, type LoginResult } from '../core/federation/login-flow.ts';
import { oidcKind } from '../core/federation/oidc-kind.ts';
import { accountOfProviderId } from '../core/federation/provider-id.ts';
import type { Proof } from '../core/federation/provider-kind.ts';
import { parseIdToken } from '../core/oidc/id-token.ts';
import { loginMismatch } from '../core/oidc/login-checks.ts';
import type { NextStep } from '../core/sign-in/next-step.ts';
import { openFromBrowser, sealForBrowser } from './browser-seal.ts';
import type { Deps } from './deps.ts';
import { type FinishedLogin, finishOutsideLogin } from './finish-outside-login.ts';
import type { LinkTicket, LoginManner } from './link-candidate.ts';
import { inVain } from './lookups.ts';
import { readIdTokenAssertion, type TrustedProvider, trustedProvider } from './prove-identity.ts';
import { openProviderApps } from './provider-apps.ts';
import { provedOutside } from './provider-sign-in.ts';

/** What the browser holds meanwhile, sealed. */
interface UnderWay {
  readonly providerId: string;
  readonly startedAtSeconds: number;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly clientId: string;
  readonly next: NextStep;
  /** Null where the person signs in. */
  readonly link: LinkTicket | null;
}

/** How long a person may take at the provider. */
export const PROVIDER_LOGIN_SECONDS = 600;
const SECRET_BYTES = 32;
const PURPOSE = 'provider-login';

/**
 * Begins a login.
 * @returns where to send the person, and the value of the cookie that this browser needs to finish
 * @throws Fault `not_found` for no provider, `idp_communication_error`, `invalid_input` where no client id is registered
 */
export async function beginProviderLogin(
  providerId: string,
  next: NextStep,
  facts: RequestFacts,
  deps: Deps,
  { link = null, anew = link !== null }: LoginManner = {},
): Promise<{ readonly location: string; readonly cookie: string }> {
  const trusted = await requireProvider(providerId, deps);
  const nowSeconds = nowSecondsOf(facts);
  const client = await clientOf(trusted, nowSeconds, deps);
  const secret = () => toBase64Url(deps.random.bytes(SECRET_BYTES));
  const underWay: UnderWay = {
    providerId,
    startedAtSeconds: nowSeconds,
    state: secret(),
    nonce: secret(),
    verifier: secret(),
    clientId: client.clientId,
    next,
    link,
  };
  const digest = await crypto.subtle.digest('SHA-256', utf8(underWay.verifier));
  const location = await reach(() =>
    deps.loginFlow(trusted.provider).begin({
      client,
      redirectUri: redirectUriOf(providerId, deps),
      state: underWay.state,
      nonce: underWay.nonce,
      challenge: toBase64Url(new Uint8Array(digest)),
      anew,
    }),
  );
  return { location, cookie: await sealForBrowser(PURPOSE, underWay, deps) };
}

export interface ProviderCallback {
  readonly state: string | null;
  readonly code: string | null;
  readonly error: string | null;
  readonly issuer: string | null;
}

/**
 * Finishes a login in the browser that began it.
 * @param cookie - as `beginProviderLogin` gave it
 * @throws Fault `access_denied` where the person cancelled, the login is another browser's or too old, or no role is for them;
 * `invalid_identity_token`, `expired_identity_token`, `idp_communication_error`
 */
export async function finishProviderLogin(
  providerId: string,
  callback: ProviderCallback,
  cookie: string | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<FinishedLogin> {
  const nowSeconds = nowSecondsOf(facts);
  const opened = await openFromBrowser(PURPOSE, cookie, nowSeconds, deps);
  const underWay = requireOwn(opened as UnderWay | null, providerId, callback, nowSeconds); // sealed by us alone
  if (callback.error !== null || callback.code === null)
    throw new Fault('access_denied', 'you have not signed in at the provider', { error: callback.error });
  const trusted = await requireProvider(providerId, deps);
  const client = await clientOf(trusted, nowSeconds, deps);
  if (client.clientId !== underWay.clientId) throw startAgain('the client has changed meanwhile');
  const { code, issuer } = callback;
  const redirectUri = redirectUriOf(providerId, deps);
  const { verifier, link, startedAtSeconds, next } = underWay;
  const flow = deps.loginFlow(trusted.provider);
  const result = await reach(() => flow.finish({ client, redirectUri, code, verifier, issuer }));
  const proof = await proofOf(result, trusted, underWay, nowSeconds, deps);
  const login = { ...trusted, ...proof };
  const begun = link === null ? null : { ...link, startedAtSeconds, tellsWhen: flow.tellsWhen };
  return finishOutsideLogin(await provedOutside(login, facts, deps), begun, next, facts, deps);
}

const startAgain = (reason: string): Fault =>
  new Fault('access_denied', 'this login was begun elsewhere, or too long ago: start again', { reason });

function requireOwn(
  underWay: UnderWay | null,
  providerId: string,
  { state }: ProviderCallback,
  nowSeconds: number,
): UnderWay {
  if (underWay === null) throw startAgain('no login is under way in this browser');
  if (nowSeconds - underWay.startedAtSeconds >= PROVIDER_LOGIN_SECONDS) throw startAgain('too late');
  // Each provider has its own address to come back to, and what was begun with one is finished with that one.
  if (underWay.providerId !== providerId) throw startAgain('another provider');
  if (state === null || !equalStrings(state, underWay.state)) throw startAgain('state');
  return underWay;
}

async function requireProvider(providerId: string, deps: Deps): Promise<TrustedProvider> {
  const accountId = accountOfProviderId(providerId) ?? (await deps.directory.setUpAccount());
  const provider = accountId === null ? null : await deps.directory.oidcProviderById(accountId, providerId);
  if (provider === null) throw new Fault('not_found', 'there is no such provider', { ...inVain });
  return trustedProvider(provider, deps.providerKinds.ofUrl(provider.url) ?? oidcKind(provider));
}

/** The client that has a secret; else the first that is registered, as a public one. */
async function clientOf({ provider }: TrustedProvider, nowSeconds: number, deps: Deps): Promise<LoginClient> {
  const [app] = await openProviderApps(provider, nowSeconds, deps);
  const clientId = app?.clientId ?? provider.clientIds[0];
  if (clientId === undefined)
    throw new Fault('invalid_input', 'the provider has no client id for a login here');
  return { clientId, clientSecret: app?.clientSecret ?? null };
}

const redirectUriOf = (providerId: string, { settings }: Deps): string =>
  `${settings.issuer}/login/${providerId}/callback`;

async function reach<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof LoginFlowError)) throw error;
    if (error.why === 'refused')
      throw new Fault('access_denied', 'the provider did not confirm this login: start again', {
        reason: error.message,
      });
    throw new Fault('idp_communication_error', 'the identity provider cannot be reached just now', {
      reason: error.message,
    });
  }
}

async function proofOf(
  result: LoginResult,
  trusted: TrustedProvider,
  { clientId, nonce }: UnderWay,
  nowSeconds: number,
  deps: Deps,
): Promise<Proof> {
  if (result.kind === 'user') {
    const proof = trusted.kind.readAccessToken?.(result.user, result.claims);
    if (proof === undefined) throw startAgain('a user of a provider that signs its tokens');
    return proof;
  }
  const { idToken, accessToken } = result;
  const found = await readIdTokenAssertion(idToken).find(trusted.provider.accountId, deps);
  // The token must be this very provider's, not that of another one which the account trusts as well.
  if (found.provider.providerId !== trusted.provider.providerId)
    throw new Fault('invalid_identity_token', 'the token is from another issuer');
  const proof = await readIdTokenAssertion(idToken).verify(trusted, nowSeconds, deps);
  const parsed = parseIdToken(idToken);
  const algorithm = parsed.ok ? parsed.value.algorithm : '';
  const mismatch = await loginMismatch(proof.identity.claims, algorithm, { clientId, nonce, accessToken });
  if (mismatch !== null)
    throw new Fault('invalid_identity_token', 'the token is not the answer to this login', { mismatch });
  return proof;
}
