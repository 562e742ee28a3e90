import { issueAwsCredentials } from '../../../usecases/issue.ts';
import { proveSecondFactor } from '../../../usecases/second-factor.ts';
import { beginOwnSession } from '../../../usecases/user-session.ts';
import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import { minimumSessionTokenSize, serialNumber, sessionDurationSeconds, tokenCode } from '../query/fields.ts';
import {
  credentialsOf,
  credentialsShape,
  issuedElements,
  sessionTokenSizeMembers,
  sessionTokenSizesOf,
} from './shapes.ts';

export const getSessionToken = action({
  name: 'GetSessionToken',
  auth: 'sigv4',
  audit: 'issuance',
  permission: { exempt: 'a user proves who it is; AWS has no permission for that either' },
  input: {
    DurationSeconds: sessionDurationSeconds(),
    SerialNumber: optional(serialNumber()),
    TokenCode: optional(tokenCode()),
    MinimumSessionTokenSize: minimumSessionTokenSize(),
  },
  output: { Credentials: credentialsShape, ...sessionTokenSizeMembers },
  run: async (input, { caller, facts, deps, tell }) => {
    const shown = { serialNumber: input.SerialNumber ?? null, tokenCode: input.TokenCode ?? null };
    const mfaAtSeconds = await proveSecondFactor(shown, caller, facts, deps);
    const session = beginOwnSession(input.DurationSeconds, mfaAtSeconds, caller, facts, deps);
    const credentials = await issueAwsCredentials(session, deps, input.MinimumSessionTokenSize);
    tell({ elements: issuedElements(session, caller.arn, credentials, caller) });
    return { Credentials: credentialsOf(credentials), ...sessionTokenSizesOf(credentials) };
  },
});
