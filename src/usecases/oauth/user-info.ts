/** Who a person is, told to an application that they signed in to. @see OpenID Connect Core section 5.3 */
import { originOf } from '../../core/credentials/lineage.ts';
import { Fault } from '../../core/faults.ts';
import type { BearerCaller } from '../authenticate-bearer.ts';
import type { Deps } from '../deps.ts';

/**
 * @returns `sub` as in the ID token, and with the scope `profile` the name of a user of the account. Nothing is said that is not known
 * for certain: no e-mail address of anybody has been verified here, and names that a provider told are not kept
 * @throws Fault `insufficient_scope` for a token that was not issued to sign somebody in
 */
export async function userInfo(
  { token }: BearerCaller,
  { directory }: Deps,
): Promise<Readonly<Record<string, unknown>>> {
  const { session, subject } = token;
  const scope = new Set(token.scope?.split(' '));
  if (!scope.has('openid'))
    throw new Fault('insufficient_scope', 'the access token does not have the scope openid');
  const origin = originOf(session);
  // The person themselves, whoever the session acts as.
  const isPerson = scope.has('profile') && origin?.type === 'user' && origin.userId === subject;
  const user = isPerson ? await directory.userById(session.accountId, subject) : null;
  return { sub: subject, ...(user !== null && { name: user.name, preferred_username: user.name }) };
}
