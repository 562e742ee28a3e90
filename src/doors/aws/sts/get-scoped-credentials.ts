import { madeFromAlso } from '../../../core/credentials/provenance.ts';
import { Fault } from '../../../core/faults.ts';
import { issueAwsCredentials } from '../../../usecases/issue.ts';
import { scopeSession } from '../../../usecases/scope-session.ts';
import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import {
  minimumSessionTokenSize,
  scopedDurationSeconds,
  scopedSessionDescription,
  sessionPolicy,
} from '../query/fields.ts';
import { maybe, record, text, wholeNumber } from '../query/shape.ts';
import {
  credentialsOf,
  credentialsShape,
  issuedElements,
  sessionTokenSizeMembers,
  sessionTokenSizesOf,
} from './shapes.ts';

export const getScopedCredentials = action({
  name: 'GetScopedCredentials',
  auth: 'sigv4',
  audit: 'issuance',
  permission: { action: 'sts:GetScopedCredentials', resource: () => '*' },
  input: {
    Policy: optional(sessionPolicy()),
    DurationSeconds: optional(scopedDurationSeconds()),
    MinimumSessionTokenSize: minimumSessionTokenSize(),
    ScopedSessionDescription: optional(scopedSessionDescription()),
  },
  output: {
    Credentials: credentialsShape,
    SessionInfo: record({ ScopedSessionId: text, Arn: text }),
    ...sessionTokenSizeMembers,
    ScopedPoliciesCount: wholeNumber,
    SourceIdentity: maybe(text),
  },
  run: async (input, { caller, facts, deps, tell }) => {
    if (caller.session === null) {
      throw new Fault('invalid_subject_credentials', 'only temporary credentials can be scoped down');
    }
    const asked = { policy: input.Policy ?? null, durationSeconds: input.DurationSeconds ?? null };
    const session = madeFromAlso(scopeSession(caller.session, asked, facts), caller.credentialId);
    const credentials = await issueAwsCredentials(session, deps, input.MinimumSessionTokenSize);
    tell({
      elements: {
        ...issuedElements(session, caller.arn, credentials, caller),
        scopes: session.scopes.length,
      },
    });
    return {
      Credentials: credentialsOf(credentials),
      SessionInfo: { ScopedSessionId: caller.userId, Arn: caller.arn },
      ...sessionTokenSizesOf(credentials),
      ScopedPoliciesCount: session.scopes.length,
      ...(session.sourceIdentity !== null && { SourceIdentity: session.sourceIdentity }),
    };
  },
});
