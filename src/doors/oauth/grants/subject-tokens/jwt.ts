import { saysAccessTokenOf } from '../../../../core/credentials/access-token.ts';
import { idToken } from './id-token.ts';
import { ownAccessToken } from './own-access-token.ts';
import { JWT, type SubjectToken } from './subject-token.ts';

/** A JWT of whatever kind: what it says itself decides by which rules it is believed. @see RFC 8693 section 3 */
export const jwt: SubjectToken = {
  types: [JWT],
  signed: false,
  believe: (wish, context, parameters) => {
    const isOwn = saysAccessTokenOf(wish.subjectToken, context.deps.settings.issuer);
    return (isOwn ? ownAccessToken : idToken).believe(wish, context, parameters);
  },
};
