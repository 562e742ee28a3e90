import { joinSessionTags } from '../core/credentials/session-tags.ts';
import { Fault } from '../core/faults.ts';
import type { RoleChoice } from '../core/mapping/choose-roles.ts';
import { type AwsAttributes, readAwsAttributes } from '../core/saml/aws-attributes.ts';
import type { SamlProvider } from '../core/saml/provider.ts';
import { subjectTypeOf } from '../core/saml/saml-context.ts';
import type { VerifiedAssertion } from '../core/saml/verify-response.ts';
import type { FederatedSignIn } from '../core/sign-in/identity.ts';
import type { Deps } from './deps.ts';
import { sessionNameOf } from './federated-wish.ts';
import { findMappedRoles } from './mapped-roles.ts';

/** What an assertion asks for, and the roles that it may have: those that it names, or those of the provider's mapping rules. */
export interface SamlWish extends AwsAttributes {
  readonly roleArns: readonly string[];
  /** Whether mapping rules gave the roles: then the assertion is not written for AWS and may lack a session name. */
  readonly isMapped: boolean;
  /** What the mapping rules said; null where they were not asked. */
  readonly choice: RoleChoice | null;
}

/**
 * The identity provider must itself say which roles a person may have, or the account's rules must: a trust policy often asks for
 * nothing but the provider.
 * @throws Fault `invalid_identity_token` for an attribute that is not as AWS defines it, and for tags that no session can carry
 */
export async function readSamlWish(
  provider: SamlProvider,
  assertion: VerifiedAssertion,
  deps: Deps,
): Promise<SamlWish> {
  const asked = readAwsAttributes(assertion.attributes);
  if (!asked.ok) throw new Fault('invalid_identity_token', asked.failure, { provider: provider.arn });
  const { tags, transitiveTagKeys: transitiveKeys } = asked.value;
  const joined = joinSessionTags({ tags, transitiveKeys, inherited: [] });
  if (!joined.ok) throw new Fault('invalid_identity_token', joined.failure, { provider: provider.arn });
  const named = asked.value.roles.filter(({ providerArn }) => providerArn === provider.arn);
  if (asked.value.roles.length > 0) {
    return { ...asked.value, roleArns: named.map(({ roleArn }) => roleArn), isMapped: false, choice: null };
  }
  const { accountId, providerId, arn } = provider;
  const identity = { provider: arn, values: samlValues(assertion) };
  const { roles, choice } = await findMappedRoles(
    { accountId, providerId, identity, admits: () => true },
    deps,
  );
  return { ...asked.value, roleArns: roles.map((role) => role.arn), isMapped: true, choice };
}

/** What mapping rules see of an assertion: attributes under their own names; nobody but we say who the subject is. */
export const samlValues = ({
  attributes,
  subject,
  issuer,
}: VerifiedAssertion): ReadonlyMap<string, readonly string[]> =>
  new Map([
    ...attributes,
    ['SAML:sub', [subject.nameId]],
    ['SAML:sub_type', [subjectTypeOf(subject)]],
    ['SAML:iss', [issuer]],
  ]);

/**
 * What a role's session carries of the assertion, whichever door it came through.
 * @throws Fault `invalid_identity_token` where the assertion grants a role and names no session
 */
export async function samlSessionAsked(
  { sessionName, tags, transitiveTagKeys, sourceIdentity, sessionSeconds, isMapped }: SamlWish,
  { arn }: Pick<SamlProvider, 'arn'>,
  { subject }: Pick<VerifiedAssertion, 'subject'>,
): Promise<Required<Omit<FederatedSignIn['asked'], 'delegation'>>> {
  const name = sessionName ?? (isMapped ? await sessionNameOf(subject.nameId) : null);
  if (name === null) {
    throw new Fault('invalid_identity_token', 'RoleSessionName is required in the SAML response', {
      provider: arn,
    });
  }
  return { sessionName: name, tags, transitiveTagKeys, sourceIdentity, sessionSeconds };
}
