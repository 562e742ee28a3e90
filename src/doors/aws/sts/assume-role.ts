import { assumedRoleArn, parseIamArn } from '../../../core/arn.ts';
import { Fault } from '../../../core/faults.ts';
import { assumeRole as assume } from '../../../usecases/assume-role.ts';
import { issueAwsCredentials } from '../../../usecases/issue.ts';
import { onTrialElements } from '../../../usecases/trust-trial.ts';
import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import {
  arn,
  externalId,
  minimumSessionTokenSize,
  policyArns,
  providedContexts,
  roleDurationSeconds,
  serialNumber,
  sessionName,
  sessionPolicy,
  sourceIdentity,
  tagKeys,
  tags,
  tokenCode,
} from '../query/fields.ts';
import { maybe, text } from '../query/shape.ts';
import {
  assumedRoleUserShape,
  credentialsOf,
  credentialsShape,
  issuedElements,
  tokenSizeMembers,
  tokenSizesOf,
} from './shapes.ts';

export const assumeRole = action({
  name: 'AssumeRole',
  auth: 'sigv4',
  audit: 'issuance',
  permission: {
    exempt: "the role's trust policy and the caller's policies decide together, in the use-case",
  },
  input: {
    RoleArn: arn(),
    RoleSessionName: sessionName(),
    DurationSeconds: optional(roleDurationSeconds()),
    Policy: optional(sessionPolicy()),
    PolicyArns: optional(policyArns()),
    Tags: optional(tags()),
    TransitiveTagKeys: optional(tagKeys()),
    ExternalId: optional(externalId()),
    SerialNumber: optional(serialNumber()),
    TokenCode: optional(tokenCode()),
    SourceIdentity: optional(sourceIdentity()),
    ProvidedContexts: optional(providedContexts()),
    MinimumSessionTokenSize: minimumSessionTokenSize(),
  },
  prefetch: (parameters, deps) => {
    const role = parseIamArn(parameters.get('RoleArn') ?? '');
    return role?.kind === 'role' ? deps.directory.role(role.accountId, role.name) : undefined;
  },
  output: {
    Credentials: credentialsShape,
    AssumedRoleUser: assumedRoleUserShape,
    SourceIdentity: maybe(text),
    ...tokenSizeMembers,
  },
  run: async (input, { caller, facts, deps, tell }) => {
    if (input.ProvidedContexts !== undefined) {
      throw new Fault(
        'invalid_context_assertion',
        'Daypass knows no context providers, so that no assertion can be theirs',
      );
    }
    const { role, session, onTrial } = await assume(
      {
        roleArn: input.RoleArn,
        sessionName: input.RoleSessionName,
        durationSeconds: input.DurationSeconds ?? null,
        inlinePolicy: input.Policy ?? null,
        policyArns: (input.PolicyArns ?? []).map((entry) => entry.arn),
        tags: input.Tags ?? [],
        transitiveTagKeys: input.TransitiveTagKeys ?? [],
        externalId: input.ExternalId ?? null,
        sourceIdentity: input.SourceIdentity ?? null,
        serialNumber: input.SerialNumber ?? null,
        tokenCode: input.TokenCode ?? null,
      },
      caller,
      facts,
      deps,
    );
    const credentials = await issueAwsCredentials(session, deps, input.MinimumSessionTokenSize);
    const { sessionName: name } = session.identity;
    const userArn = assumedRoleArn(role.accountId, role.name, name);
    tell({
      elements: {
        ...onTrialElements(onTrial),
        ...issuedElements(session, userArn, credentials, caller),
        assumedRole: userArn,
      },
    });
    return {
      Credentials: credentialsOf(credentials),
      AssumedRoleUser: { AssumedRoleId: `${role.roleId}:${name}`, Arn: userArn },
      ...(session.sourceIdentity !== null && { SourceIdentity: session.sourceIdentity }),
      ...tokenSizesOf(credentials, session.policies !== null || session.tags.length > 0),
    };
  },
});

/** The account in a role's ARN, for the trail. */
export const accountOfRoleArn = (roleArn: string): string | null => parseIamArn(roleArn)?.accountId ?? null;
