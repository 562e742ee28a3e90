/** Single logout: the identity provider says that a person has left, and every sign-in session of theirs ends here. */
import { toHex } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { redirectUrl } from '../core/saml/authn-request.ts';
import { logoutResponseXml, verifyLogoutRequest } from '../core/saml/logout.ts';
import { BINDING } from '../core/saml/metadata-document.ts';
import {
  currentCertificates,
  type SamlProvider,
  samlAddresses,
  signsMessages,
} from '../core/saml/provider.ts';
import type { Deps } from './deps.ts';
import { federatedSubject } from './federate.ts';
import { samlFault, useSamlOnce } from './prove-saml.ts';
import { eventOf } from './record.ts';
import { signingKeyOf } from './saml-login.ts';
import { SIGN_IN_SOURCE } from './sign-in-session.ts';

const ID_BYTES = 20;

/**
 * @param query - of the request, without its `?`
 * @returns where the browser takes our answer; null where the provider names no address for it
 * @throws Fault `invalid_identity_token`, `expired_identity_token` for a request that is not the provider's, or is used again
 */
export async function answerSamlLogout(
  provider: SamlProvider,
  query: string,
  relayState: string | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<string | null> {
  const nowSeconds = nowSecondsOf(facts);
  const { entityId, logoutUrl } = samlAddresses(deps.settings.issuer, provider.providerId);
  const verified = await verifyLogoutRequest(query, {
    issuer: provider.entityId,
    destination: logoutUrl,
    certificates: currentCertificates(provider, nowSeconds),
    cryptography: deps.saml,
    nowSeconds,
  });
  if (!verified.ok) throw samlFault(verified.failure, provider);
  const { id, nameId } = verified.value;
  await useSamlOnce(provider, id, 'saml-logout', nowSeconds, deps);
  await endSessions(provider, nameId, facts, deps);
  const endpoint = provider.logoutEndpoints.find(({ binding }) => binding === BINDING.redirect);
  if (endpoint === undefined) return null;
  const destination = endpoint.responseLocation ?? endpoint.location;
  const xml = logoutResponseXml({
    id: `_${toHex(deps.random.bytes(ID_BYTES))}`,
    inResponseTo: id,
    issuer: entityId,
    destination,
    issuedAtSeconds: nowSeconds,
  });
  const key = signsMessages(provider) ? await signingKeyOf(provider, nowSeconds, deps) : null;
  return redirectUrl(destination, 'SAMLResponse', xml, relayState, key);
}

async function endSessions(
  { accountId, providerId, arn }: SamlProvider,
  nameId: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const subjectId = await federatedSubject(accountId, arn, nameId);
  const operation = {
    accountId,
    source: SIGN_IN_SOURCE,
    name: 'SingleLogout',
    identity: { type: 'SAMLUser', identityProvider: arn, userName: subjectId } as const,
    readOnly: false,
    parameters: { provider: arn },
  };
  const login = { providerId, provider: arn, subject: nameId };
  await deps.signInSessions.endLogin(accountId, { type: 'federated', id: subjectId }, login, (elements) =>
    eventOf(operation, elements === undefined ? {} : { elements }, facts, deps.random),
  );
}

/** Says that a request cannot be answered by a page of ours. */
export const noLogoutAddress = (): Fault =>
  new Fault(
    'invalid_input',
    'you have been signed out here; the identity provider names no address for the answer',
  );
