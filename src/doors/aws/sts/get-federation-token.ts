import { federatedUserArn } from '../../../core/arn.ts';
import { tagContext } from '../../../core/context/identity-context.ts';
import type { ContextEntry } from '../../../core/context/request-context.ts';
import type { Tag } from '../../../core/credentials/session.ts';
import { authorize } from '../../../usecases/authorize.ts';
import { issueAwsCredentials } from '../../../usecases/issue.ts';
import { beginFederatedUserSession } from '../../../usecases/user-session.ts';
import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import {
  boundedSessionPolicy,
  federatedName,
  minimumSessionTokenSize,
  policyArns,
  sessionDurationSeconds,
  tags,
} from '../query/fields.ts';
import { record, text } from '../query/shape.ts';
import { credentialsOf, credentialsShape, issuedElements, tokenSizeMembers, tokenSizesOf } from './shapes.ts';

export const getFederationToken = action({
  name: 'GetFederationToken',
  auth: 'sigv4',
  audit: 'issuance',
  permission: {
    action: 'sts:GetFederationToken',
    resource: ({ Name }, { accountId }) => federatedUserArn(accountId, Name),
    context: ({ Tags }) => tagsAsked(Tags ?? []),
  },
  input: {
    Name: federatedName(),
    Policy: optional(boundedSessionPolicy()),
    PolicyArns: optional(policyArns()),
    DurationSeconds: sessionDurationSeconds(),
    Tags: optional(tags()),
    MinimumSessionTokenSize: minimumSessionTokenSize(),
  },
  output: {
    Credentials: credentialsShape,
    FederatedUser: record({ FederatedUserId: text, Arn: text }),
    ...tokenSizeMembers,
  },
  run: async (input, { caller, facts, deps, tell }) => {
    const { accountId } = caller;
    const Arn = federatedUserArn(accountId, input.Name);
    const asked = input.Tags ?? [];
    if (asked.length > 0) {
      authorize(caller, { action: 'sts:TagSession', resource: Arn, context: tagsAsked(asked) }, facts);
    }
    const session = await beginFederatedUserSession(
      {
        name: input.Name,
        durationSeconds: input.DurationSeconds,
        inlinePolicy: input.Policy ?? null,
        policyArns: (input.PolicyArns ?? []).map((entry) => entry.arn),
        tags: asked,
      },
      caller,
      facts,
      deps,
    );
    const credentials = await issueAwsCredentials(session, deps, input.MinimumSessionTokenSize);
    tell({ elements: { ...issuedElements(session, Arn, credentials, caller), federatedUser: Arn } });
    return {
      Credentials: credentialsOf(credentials),
      FederatedUser: { FederatedUserId: `${accountId}:${input.Name}`, Arn },
      ...tokenSizesOf(credentials, session.policies !== null || session.tags.length > 0),
    };
  },
});

const tagsAsked = (asked: readonly Tag[]): readonly ContextEntry[] =>
  asked.length === 0
    ? []
    : [...tagContext('aws:RequestTag/', asked), ['aws:TagKeys', asked.map((tag) => tag.Key)]];
