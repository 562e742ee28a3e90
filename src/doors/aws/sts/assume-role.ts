import { assumedRoleArn, parseIamArn } from '../../../core/arn.ts';
import { assumeRole as assume } from '../../../usecases/assume-role.ts';
import { issueAwsCredentials } from '../../../usecases/issue.ts';
import { sessionElements } from '../../../usecases/session-elements.ts';
import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import {
  arn,
  externalId,
  policyArns,
  roleDurationSeconds,
  sessionName,
  sessionPolicy,
  sourceIdentity,
  tagKeys,
  tags,
} from '../query/fields.ts';
import { maybe, text } from '../query/shape.ts';
import {
  assumedRoleUserShape,
  credentialsOf,
  credentialsShape,
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
    SourceIdentity: optional(sourceIdentity()),
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
    const { role, session } = await assume(
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
      },
      caller,
      facts,
      deps,
    );
    const credentials = await issueAwsCredentials(session, deps);
    const { sessionName: name } = session.identity;
    const userArn = assumedRoleArn(role.accountId, role.name, name);
    tell({
      elements: {
        ...sessionElements(session, {
          arn: userArn,
          credential: { accessKeyId: credentials.accessKeyId, tokenId: null },
          caller,
        }),
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
