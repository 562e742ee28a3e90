import { nowSecondsOf } from '../../../core/context/request-context.ts';
import {
  decodeAuthorizationMessage as decode,
  MAX_ENCODED_CHARACTERS,
} from '../../../usecases/authorization-message.ts';
import { action } from '../query/action.ts';
import { string } from '../query/kinds.ts';
import { text } from '../query/shape.ts';

export const decodeAuthorizationMessage = action({
  name: 'DecodeAuthorizationMessage',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'sts:DecodeAuthorizationMessage', resource: () => '*' },
  input: { EncodedMessage: string({ min: 1, max: MAX_ENCODED_CHARACTERS }) },
  output: { DecodedMessage: text },
  run: async ({ EncodedMessage }, { caller, facts, deps }) => ({
    DecodedMessage: await decode(EncodedMessage, caller.accountId, nowSecondsOf(facts), deps),
  }),
});
