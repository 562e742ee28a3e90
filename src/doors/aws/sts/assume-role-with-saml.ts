import { assumedRoleArn } from '../../../core/arn.ts';
import { federateSaml } from '../../../usecases/federate-saml.ts';
import { issueAwsCredentials } from '../../../usecases/issue.ts';
import { decodeSaml } from '../../../usecases/prove-saml.ts';
import { sessionElements } from '../../../usecases/session-elements.ts';
import { onTrialElements } from '../../../usecases/trust-trial.ts';
import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import {
  arn,
  boundedSessionPolicy,
  minimumSessionTokenSize,
  policyArns,
  roleDurationSeconds,
  samlAssertion,
} from '../query/fields.ts';
import { maybe, text } from '../query/shape.ts';
import { accountOfRoleArn } from './assume-role.ts';
import {
  assumedRoleUserShape,
  credentialsOf,
  credentialsShape,
  tokenSizeMembers,
  tokenSizesOf,
} from './shapes.ts';

/** The Recipient must be our own assertion consumer URL: AWS's, which many providers are set up for, is another party's. */
export const assumeRoleWithSAML = action({
  name: 'AssumeRoleWithSAML',
  auth: 'anonymous',
  audit: 'issuance',
  permission: { exempt: "the assertion proves who asks, and the role's trust policy decides" },
  account: (input) => accountOfRoleArn(input.RoleArn),
  input: {
    RoleArn: arn(),
    PrincipalArn: arn(),
    SAMLAssertion: samlAssertion(),
    PolicyArns: optional(policyArns()),
    Policy: optional(boundedSessionPolicy()),
    DurationSeconds: optional(roleDurationSeconds()),
    MinimumSessionTokenSize: minimumSessionTokenSize(),
  },
  output: {
    Credentials: credentialsShape,
    AssumedRoleUser: assumedRoleUserShape,
    Subject: text,
    SubjectType: text,
    Issuer: text,
    Audience: text,
    NameQualifier: text,
    SourceIdentity: maybe(text),
    ...tokenSizeMembers,
  },
  run: async (input, { facts, deps, tell }) => {
    const begun = await federateSaml(
      {
        roleArn: input.RoleArn,
        providerArn: input.PrincipalArn,
        xml: decodeSaml(input.SAMLAssertion),
        durationSeconds: input.DurationSeconds ?? null,
        inlinePolicy: input.Policy ?? null,
        policyArns: (input.PolicyArns ?? []).map((entry) => entry.arn),
      },
      facts,
      deps,
    );
    const { role, session, provider, assertion } = begun;
    const credentials = await issueAwsCredentials(session, deps, input.MinimumSessionTokenSize);
    const { sessionName } = session.identity;
    const userArn = assumedRoleArn(role.accountId, role.name, sessionName);
    const { nameId } = assertion.subject;
    tell({
      identity: { type: 'SAMLUser', identityProvider: begun.nameQualifier, userName: nameId },
      elements: {
        ...onTrialElements(begun.onTrial),
        ...sessionElements(session, {
          arn: userArn,
          credential: { accessKeyId: credentials.accessKeyId, tokenId: null },
          caller: null,
        }),
        assumedRole: userArn,
        subject: nameId,
        subjectType: begun.subjectType,
        issuer: assertion.issuer,
        audience: begun.recipient,
        provider: provider.arn,
      },
    });
    return {
      Credentials: credentialsOf(credentials),
      AssumedRoleUser: { AssumedRoleId: `${role.roleId}:${sessionName}`, Arn: userArn },
      Subject: nameId,
      SubjectType: begun.subjectType,
      Issuer: assertion.issuer,
      Audience: begun.recipient,
      NameQualifier: begun.nameQualifier,
      ...(session.sourceIdentity !== null && { SourceIdentity: session.sourceIdentity }),
      ...tokenSizesOf(credentials, session.policies !== null || session.tags.length > 0),
    };
  },
});
