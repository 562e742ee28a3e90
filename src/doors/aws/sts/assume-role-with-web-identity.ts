import { assumedRoleArn } from '../../../core/arn.ts';
import { federate } from '../../../usecases/federate.ts';
import { issueAwsCredentials } from '../../../usecases/issue.ts';
import { sessionElements } from '../../../usecases/session-elements.ts';
import { onTrialElements } from '../../../usecases/trust-trial.ts';
import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import {
  arn,
  boundedSessionPolicy,
  minimumSessionTokenSize,
  policyArns,
  providerId,
  roleDurationSeconds,
  sessionName,
  webIdentityToken,
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

export const assumeRoleWithWebIdentity = action({
  name: 'AssumeRoleWithWebIdentity',
  auth: 'anonymous',
  audit: 'issuance',
  permission: { exempt: "the token proves who asks, and the role's trust policy decides" },
  account: (input) => accountOfRoleArn(input.RoleArn),
  input: {
    RoleArn: arn(),
    RoleSessionName: sessionName(),
    WebIdentityToken: webIdentityToken(),
    ProviderId: optional(providerId()),
    PolicyArns: optional(policyArns()),
    Policy: optional(boundedSessionPolicy()),
    DurationSeconds: optional(roleDurationSeconds()),
    MinimumSessionTokenSize: minimumSessionTokenSize(),
  },
  output: {
    Credentials: credentialsShape,
    SubjectFromWebIdentityToken: text,
    AssumedRoleUser: assumedRoleUserShape,
    Provider: text,
    Audience: text,
    SourceIdentity: maybe(text),
    ...tokenSizeMembers,
  },
  run: async (input, { facts, deps, tell }) => {
    const {
      role,
      session,
      name: provider,
      identity,
      onTrial,
    } = await federate(
      {
        roleArn: input.RoleArn,
        accountId: null,
        sessionName: input.RoleSessionName,
        token: input.WebIdentityToken,
        providerId: input.ProviderId ?? null,
        durationSeconds: input.DurationSeconds ?? null,
        inlinePolicy: input.Policy ?? null,
        policyArns: (input.PolicyArns ?? []).map((entry) => entry.arn),
      },
      facts,
      deps,
    );
    const credentials = await issueAwsCredentials(session, deps, input.MinimumSessionTokenSize);
    const { sessionName: named } = session.identity;
    const userArn = assumedRoleArn(role.accountId, role.name, named);
    tell({
      identity: { type: 'WebIdentityUser', identityProvider: provider, userName: identity.subject },
      elements: {
        ...onTrialElements(onTrial),
        ...sessionElements(session, {
          arn: userArn,
          credential: { accessKeyId: credentials.accessKeyId, tokenId: null },
          caller: null,
        }),
        assumedRole: userArn,
        subject: identity.subject,
        audience: identity.audience,
      },
    });
    return {
      Credentials: credentialsOf(credentials),
      SubjectFromWebIdentityToken: identity.subject,
      AssumedRoleUser: { AssumedRoleId: `${role.roleId}:${named}`, Arn: userArn },
      Provider: provider,
      Audience: identity.audience,
      ...(session.sourceIdentity !== null && { SourceIdentity: session.sourceIdentity }),
      ...tokenSizesOf(credentials, session.policies !== null || session.tags.length > 0),
    };
  },
});
