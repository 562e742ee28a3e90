/** Browser logins at a SAML identity provider: begun here, or where the provider's row allows it, there. */
import { toHex } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { authnRequestXml, redirectUrl } from '../core/saml/authn-request.ts';
import { BINDING } from '../core/saml/metadata-document.ts';
import {
  accountOfSamlProviderId,
  type SamlProvider,
  samlAddresses,
  signsMessages,
} from '../core/saml/provider.ts';
import { samlContext } from '../core/saml/saml-context.ts';
import { samlMfaAtSeconds } from '../core/saml/second-factor.ts';
import type { FederatedSignIn } from '../core/sign-in/identity.ts';
import { DEFAULT_NEXT, type NextStep } from '../core/sign-in/next-step.ts';
import { openFromBrowser, sealForBrowser } from './browser-seal.ts';
import type { Deps } from './deps.ts';
import { federatedSubject } from './federate.ts';
import { originOf, proofOf, type SamlProof } from './federate-saml.ts';
import { type FinishedLogin, finishOutsideLogin } from './finish-outside-login.ts';
import { requireKeyring } from './issue.ts';
import type { LinkBegun, LinkTicket, LoginManner, OutsideLogin } from './link-candidate.ts';
import { inVain } from './lookups.ts';
import { decodeSaml, openPrivateKey, proveSaml, useSamlOnce } from './prove-saml.ts';
import { readSamlWish, type SamlWish, samlSessionAsked, samlValues } from './saml-roles.ts';
import type { SignInProof } from './sign-in-session.ts';

/** A login that this browser began; it lives in a sealed cookie, so that a flood of them costs no row. */
interface SamlTransaction {
  readonly providerId: string;
  readonly requestId: string;
  readonly relayState: string;
  readonly startedAtSeconds: number;
  readonly next: NextStep;
  /** Null where the person signs in. */
  readonly link: LinkTicket | null;
}

/** How long a person may take at the identity provider. */
export const SAML_LOGIN_SECONDS = 900;
const ID_BYTES = 20;

/**
 * @param id - of a path
 * @throws Fault `not_found`
 */
export async function requireSamlProvider(id: string, deps: Deps): Promise<SamlProvider> {
  const accountId = accountOfSamlProviderId(id);
  const provider = accountId === null ? null : await deps.directory.samlProvider(accountId, id);
  if (provider !== null) return provider;
  throw new Fault('not_found', 'there is nothing here', { ...inVain });
}

/**
 * @returns where the browser goes, and the cookie that it must bring back
 * @throws Fault `invalid_input` where the provider cannot be asked by redirect, or wants a signature and there is no key
 */
export async function beginSamlLogin(
  provider: SamlProvider,
  next: NextStep,
  facts: RequestFacts,
  deps: Deps,
  { link = null, anew = link !== null }: LoginManner = {},
): Promise<{ readonly location: string; readonly cookie: string }> {
  const endpoint = provider.signOnEndpoints.find(({ binding }) => binding === BINDING.redirect);
  if (endpoint === undefined) {
    throw new Fault('invalid_input', 'the identity provider takes no login requests by redirect');
  }
  const nowSeconds = nowSecondsOf(facts);
  const transaction: SamlTransaction = {
    providerId: provider.providerId,
    requestId: `_${toHex(deps.random.bytes(ID_BYTES))}`,
    relayState: toHex(deps.random.bytes(ID_BYTES)),
    startedAtSeconds: nowSeconds,
    next,
    link,
  };
  const xml = authnRequestXml({
    id: transaction.requestId,
    issuedAtSeconds: nowSeconds,
    destination: endpoint.location,
    from: samlAddresses(deps.settings.issuer, provider.providerId),
    anew,
  });
  const key =
    signsMessages(provider) || provider.wantsSignedRequests
      ? await signingKeyOf(provider, nowSeconds, deps)
      : null;
  return {
    location: await redirectUrl(endpoint.location, 'SAMLRequest', xml, transaction.relayState, key),
    cookie: await sealForBrowser('saml', transaction, deps),
  };
}

/**
 * The oldest private key, for signing: whoever knows a key of ours knows that one, until it is taken away.
 * @throws Fault `invalid_input` where the provider has none
 */
export async function signingKeyOf(
  provider: SamlProvider,
  nowSeconds: number,
  deps: Deps,
): Promise<CryptoKey> {
  const oldest = provider.privateKeys.at(-1);
  if (oldest === undefined) {
    throw new Fault(
      'invalid_input',
      'the identity provider wants signed requests: add a private key to the SAML provider',
    );
  }
  const use = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
  return openPrivateKey(provider, oldest, await requireKeyring(deps), nowSeconds, use, 'sign');
}

/** What the identity provider's form brings. */
export interface SamlAnswer {
  /** Base64. */
  readonly response: string;
  readonly relayState: string | null;
  /** The cookie that `beginSamlLogin` gave, or null. */
  readonly cookie: string | null;
}

/**
 * Verifies the answer and signs the person in. Request and assertion are each used once, whoever races.
 * @returns the sign-in session and where it leads: to a page of ours, never to what RelayState says
 * @throws Fault `access_denied` for an answer that this browser has not asked for, and those of `proveSaml`
 */
export async function completeSamlLogin(
  provider: SamlProvider,
  answer: SamlAnswer,
  facts: RequestFacts,
  deps: Deps,
): Promise<FinishedLogin> {
  const nowSeconds = nowSecondsOf(facts);
  const transaction = await openTransaction(provider, answer, nowSeconds, deps);
  if (transaction === null && !provider.admitsUnsolicited) {
    throw new Fault(
      'access_denied',
      'this login was not begun in this browser, or took too long: begin it again',
      {
        provider: provider.arn,
      },
    );
  }
  const inResponseTo = transaction?.requestId ?? null;
  const assertion = await proveSaml(
    provider,
    decodeSaml(answer.response),
    { nowSeconds, inResponseTo },
    deps,
  );
  if (transaction !== null)
    await useSamlOnce(provider, transaction.requestId, 'saml-request', nowSeconds, deps);
  await useSamlOnce(provider, assertion.assertionId, 'saml-login', nowSeconds, deps);
  const proof = await proofOf(provider, assertion, deps);
  const proved = {
    login: outsideLoginOf(proof),
    how: howOf(proof, nowSeconds),
    asFederated: () => identityOf(proof, nowSeconds, deps),
  };
  return finishOutsideLogin(proved, linkBegunBy(transaction), transaction?.next ?? DEFAULT_NEXT, facts, deps);
}

const linkBegunBy = (transaction: SamlTransaction | null): LinkBegun | null =>
  transaction === null || transaction.link === null
    ? null
    : { ...transaction.link, startedAtSeconds: transaction.startedAtSeconds, tellsWhen: true };

/** Names that another person may have tomorrow: none to link for good. */
const FLEETING: ReadonlySet<string> = new Set([
  'transient',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
]);

function outsideLoginOf({ provider, assertion, subjectType }: SamlProof): OutsideLogin | null {
  if (FLEETING.has(subjectType)) return null;
  const { accountId, providerId, arn } = provider;
  const { nameId } = assertion.subject;
  return {
    accountId,
    providerId,
    provider: arn,
    borne: { provider: arn, subject: nameId },
    // The same text in another format is another name.
    subject: `${subjectType} ${nameId}`,
    label: nameId,
    authAtSeconds: assertion.authenticatedAtSeconds,
  };
}

function howOf({ provider, assertion }: SamlProof, nowSeconds: number): SignInProof {
  const mfa = samlMfaAtSeconds(provider, assertion, nowSeconds) !== null;
  return {
    amr: mfa ? ['mfa'] : [],
    mfa,
    // A session at the provider may be hours old: what needs a fresh proof does not take it for one.
    authAtSeconds: Math.min(nowSeconds, assertion.authenticatedAtSeconds ?? 0),
    notAfterSeconds: assertion.sessionNotOnOrAfterSeconds,
  };
}

async function identityOf(proof: SamlProof, nowSeconds: number, deps: Deps): Promise<FederatedSignIn> {
  const { provider, assertion, recipient, nameQualifier } = proof;
  const wish = await readSamlWish(provider, assertion, deps);
  const asked = await samlSessionAsked(wish, provider, assertion);
  requireSomeRole(wish, provider);
  const { federation, notAfterSeconds } = originOf(proof, nowSeconds);
  const { nameId } = assertion.subject;
  return {
    type: 'federated',
    accountId: provider.accountId,
    subjectId: await federatedSubject(provider.accountId, provider.arn, nameId),
    displayName: nameId,
    federation,
    providerArn: provider.arn,
    asked,
    trustAction: 'sts:AssumeRoleWithSAML',
    context: samlContext(provider, assertion, recipient, nameQualifier),
    roleArns: wish.roleArns,
    ...(wish.isMapped && {
      mapped: { providerId: provider.providerId, values: [...samlValues(assertion)] },
    }),
    notAfterSeconds,
  };
}

/** Somebody whom no role is for is not signed in at all. */
function requireSomeRole({ roleArns }: SamlWish, { arn }: SamlProvider): void {
  if (roleArns.length === 0)
    throw new Fault('access_denied', 'no role of this account is open to your login', { provider: arn });
}

/** @returns null where the answer is not to a request of this very browser, for this provider, in time */
async function openTransaction(
  { providerId }: SamlProvider,
  { relayState, cookie }: SamlAnswer,
  nowSeconds: number,
  deps: Deps,
): Promise<SamlTransaction | null> {
  const opened = await openFromBrowser('saml', cookie, nowSeconds, deps);
  if (opened === null) return null;
  const transaction = opened as SamlTransaction; // authentic: only `beginSamlLogin` seals for this purpose
  const isOurs = transaction.providerId === providerId && transaction.relayState === relayState;
  return isOurs && nowSeconds - transaction.startedAtSeconds < SAML_LOGIN_SECONDS ? transaction : null;
}
