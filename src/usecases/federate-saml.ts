/** A SAML response becomes a role session: AssumeRoleWithSAML, and RFC 8693 token exchange of type saml2. */
import type { Role } from '../core/account.ts';
import { type IamArn, parseIamArn } from '../core/arn.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { mfaContext } from '../core/context/session-context.ts';
import type { RoleIdentity, Session } from '../core/credentials/session.ts';
import { Fault } from '../core/faults.ts';
import { accountOfSamlProviderId, type SamlProvider, samlAddresses } from '../core/saml/provider.ts';
import { nameQualifierOf, samlContext, subjectTypeOf } from '../core/saml/saml-context.ts';
import { samlMfaAtSeconds } from '../core/saml/second-factor.ts';
import type { VerifiedAssertion } from '../core/saml/verify-response.ts';
import { beginRoleSession, type SessionWish } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { decideTrust, findRefusal, refusedOnTrial, type TrustQuestion } from './federated-trust.ts';
import { requireKeyring } from './issue.ts';
import { inVain } from './lookups.ts';
import { proveSaml, useSamlOnce } from './prove-saml.ts';
import { readSamlWish, type SamlWish, samlSessionAsked } from './saml-roles.ts';
import { checkSessionPolicies } from './session-policies.ts';
import { withinRole } from './within-role.ts';

export interface FederateSamlInput {
  readonly roleArn: string;
  /** Null lets the recipient that the message names choose; it is verified like all the rest. */
  readonly providerArn: string | null;
  /** The XML of the response. */
  readonly xml: string;
  readonly durationSeconds: number | null;
  readonly inlinePolicy: string | null;
  readonly policyArns: readonly string[];
}

export interface SamlSession {
  readonly role: Role;
  readonly session: Session<RoleIdentity>;
  readonly provider: SamlProvider;
  readonly assertion: VerifiedAssertion;
  readonly subjectType: string;
  readonly nameQualifier: string;
  /** What AWS calls the audience: where the assertion was sent. */
  readonly recipient: string;
  /** For the trail: what a trust policy on trial would have refused. */
  readonly onTrial: readonly object[];
}

const CALL = 'sts:AssumeRoleWithSAML';
const NOT_AUTHORIZED = `Not authorized to perform ${CALL}`;

/**
 * @returns the session that has begun, with the proof it began from
 * @throws Fault `invalid_identity_token`, `expired_identity_token`, `idp_rejected_claim`, `access_denied` (the assertion does not
 * grant the role, the trust policy does not allow it, or there is no such role), and those of session policies
 */
export async function federateSaml(
  input: FederateSamlInput,
  facts: RequestFacts,
  deps: Deps,
): Promise<SamlSession> {
  const roleName = requireArn(input.roleArn, 'role');
  // Together, so that a cold isolate reads them in one batch.
  const [provider, role] = await Promise.all([
    findSamlProvider(input, roleName.accountId, deps),
    deps.directory.role(roleName.accountId, roleName.name),
    requireKeyring(deps),
  ]);
  const nowSeconds = nowSecondsOf(facts);
  const assertion = await proveSaml(provider, input.xml, { nowSeconds }, deps);
  const asked = await readSamlWish(provider, assertion, deps);
  const proof = await proofOf(provider, assertion, deps);
  const wish = await wishOf(input, asked, role, proof);
  const admitting = requireGrant(role, input.roleArn, asked);
  requireTrust(admitting, proof, wish, facts);
  // After trust: whoever is not let in does not learn which policies there are.
  const policies = await checkSessionPolicies(
    deps.directory,
    admitting.accountId,
    input.inlinePolicy,
    input.policyArns,
  );
  const origin = originOf(proof, nowSeconds);
  const session = beginRoleSession(admitting, { ...wish, policies }, origin, nowSeconds, deps);
  await useUp(proof, admitting, nowSeconds, deps);
  const onTrial = refusedOnTrial(samlTrustQuestion(admitting, proof, wish, facts));
  return { ...proof, role: admitting, session, onTrial };
}

function requireArn(arn: string, kind: 'role' | 'saml-provider'): IamArn {
  const parsed = parseIamArn(arn);
  if (parsed?.kind === kind) return parsed;
  throw new Fault(
    'validation_error',
    `\`${arn}\` is not the ARN of a ${kind === 'role' ? 'role' : 'SAML provider'}`,
  );
}

/**
 * The provider that a message is from, by its ARN or by the recipient that the message names.
 * @throws Fault `invalid_identity_token` where the account has none, `validation_error` for what is no such ARN
 */
export async function findSamlProvider(
  { providerArn, xml }: Pick<FederateSamlInput, 'providerArn' | 'xml'>,
  roleAccountId: string,
  deps: Deps,
): Promise<SamlProvider> {
  const provider =
    providerArn === null
      ? await providerOfRecipient(xml, roleAccountId, deps)
      : await providerOfArn(providerArn, roleAccountId, deps);
  if (provider !== null) return provider;
  throw new Fault('invalid_identity_token', 'no SAML provider found in your account for this assertion', {
    accountId: roleAccountId,
    ...inVain,
  });
}

async function providerOfArn(arn: string, roleAccountId: string, deps: Deps): Promise<SamlProvider | null> {
  const { accountId, name } = requireArn(arn, 'saml-provider');
  if (accountId !== roleAccountId) return null;
  const provider = await deps.directory.samlProviderByName(accountId, name);
  // The whole ARN: a path or another case of the name would be a second name of the same provider.
  return provider?.arn === arn ? provider : null;
}

const RECIPIENT = /\/saml\/(SAMLSP[A-Z2-7]{24})\/acs"/;

/** Only a hint where to look: the recipient counts once a certificate of that very provider has signed it. */
async function providerOfRecipient(xml: string, accountId: string, deps: Deps): Promise<SamlProvider | null> {
  const id = RECIPIENT.exec(xml)?.[1];
  if (id === undefined || accountOfSamlProviderId(id) !== accountId) return null;
  return deps.directory.samlProvider(accountId, id);
}

export type SamlProof = Omit<SamlSession, 'role' | 'session' | 'onTrial'>;

/** What a verified assertion proves, as answers and policies name it. */
export async function proofOf(
  provider: SamlProvider,
  assertion: VerifiedAssertion,
  deps: Deps,
): Promise<SamlProof> {
  return {
    provider,
    assertion,
    subjectType: subjectTypeOf(assertion.subject),
    nameQualifier: await nameQualifierOf(assertion.issuer, provider),
    recipient: samlAddresses(deps.settings.issuer, provider.providerId).assertionConsumerUrl,
  };
}

/** What is asked, apart from session policies: trust never looks at those. */
async function wishOf(
  { durationSeconds }: FederateSamlInput,
  asked: SamlWish,
  role: Role | null,
  { provider, assertion }: SamlProof,
): Promise<SessionWish> {
  const { sessionSeconds, ...wish } = await samlSessionAsked(asked, provider, assertion);
  return { ...wish, durationSeconds: durationSeconds ?? withinRole(sessionSeconds, role), policies: null };
}

function requireGrant(role: Role | null, roleArn: string, { roleArns }: SamlWish): Role {
  const isGranted = roleArns.includes(roleArn);
  if (isGranted && role?.arn === roleArn) return role;
  throw new Fault('access_denied', NOT_AUTHORIZED, {
    reason: isGranted ? 'no such role' : 'the assertion does not grant the role',
    ...(isGranted && inVain),
  });
}

/** What a role's trust policy is asked about an assertion. */
export function samlTrustQuestion(
  role: Role,
  { provider, assertion, recipient, nameQualifier }: SamlProof,
  wish: SessionWish,
  facts: RequestFacts,
): TrustQuestion {
  const nowSeconds = nowSecondsOf(facts);
  return {
    call: CALL,
    role,
    provider: { arn: provider.arn, name: provider.arn },
    proved: [
      ...samlContext(provider, assertion, recipient, nameQualifier),
      ...mfaContext(samlMfaAtSeconds(provider, assertion, nowSeconds), nowSeconds),
    ],
    wish,
    facts,
  };
}

function requireTrust(role: Role, proof: SamlProof, wish: SessionWish, facts: RequestFacts): void {
  const refusal = findRefusal(decideTrust(samlTrustQuestion(role, proof, wish, facts)));
  if (refusal === null) return;
  const { action, decision } = refusal;
  throw new Fault('access_denied', NOT_AUTHORIZED, { action, role: role.arn, effect: decision.effect });
}

/** Where a session of this proof comes from. */
export const originOf = (
  { provider, assertion, recipient, nameQualifier, subjectType }: SamlProof,
  nowSeconds: number,
) => ({
  federation: {
    provider: provider.arn,
    keyPrefix: 'SAML',
    audience: recipient,
    subject: assertion.subject.nameId,
    saml: { nameQualifier, subjectType },
    ...(assertion.authenticatedAtSeconds !== null && { authTimeSeconds: assertion.authenticatedAtSeconds }),
  },
  chained: false,
  mfaAtSeconds: samlMfaAtSeconds(provider, assertion, nowSeconds),
  notAfterSeconds: assertion.sessionNotOnOrAfterSeconds,
});

/** One use for each assertion and role. */
async function useUp(
  { provider, assertion }: SamlProof,
  role: Role,
  nowSeconds: number,
  deps: Deps,
): Promise<void> {
  await useSamlOnce(provider, `${role.roleId} ${assertion.assertionId}`, 'saml-assertion', nowSeconds, deps);
}
