import { action } from '../query/action.ts';
import { maybe, text } from '../query/shape.ts';

export const getCallerIdentity = action({
  name: 'GetCallerIdentity',
  auth: 'sigv4',
  audit: 'read',
  permission: { exempt: 'any signed caller may ask who it is, even under an explicit deny' },
  input: {},
  // `Actor` is Daypass's own: who acts in the session, where somebody does.
  output: { UserId: text, Account: text, Arn: text, Actor: maybe(text) },
  run: async (_input, { caller }) => {
    const [actor] = caller.session?.delegation?.actors ?? [];
    return {
      UserId: caller.userId,
      Account: caller.accountId,
      Arn: caller.arn,
      Actor: actor === undefined ? undefined : (actor.arn ?? `${actor.issuer} ${actor.subject}`),
    };
  },
});
