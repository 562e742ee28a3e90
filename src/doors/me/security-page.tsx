/** `/me`: how a person signs in, and where they are signed in. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { ownerOf } from '../../core/sign-in/identity.ts';
import { factorsOf, hasSecondFactor } from '../../usecases/factors.ts';
import { ownLinks } from '../../usecases/link-identity.ts';
import { ownAccessKeys } from '../../usecases/own-access-keys.ts';
import { ownApplications } from '../../usecases/own-applications.ts';
import { arnOf } from '../../usecases/sign-in-session.ts';
import type { DoorRequest } from '../http/door.ts';
import { Layout } from '../http/page/layout.tsx';
import { frameOf } from '../http/page/own-form.ts';
import { pageAnswer } from '../http/page/page-answer.ts';
import type { Visitor } from '../http/page/visitor.ts';
import { AccessKeys } from './access-keys.tsx';
import { Applications } from './applications.tsx';
import { CHANGES_SECONDS, Changes, ChangesNotice, MAX_CHANGES } from './changes.tsx';
import { AuthenticatorApps, Passkeys, RecoveryCodes } from './factor-sections.tsx';
import { LinkedLogins } from './link-view.tsx';
import { Sessions, Who } from './sections.tsx';

/** What the page says happened, by a code in its address; never a text that an address brings. */
const DONE: ReadonlyMap<string, string> = new Map([
  ['passkey-added', 'The passkey is added. Use it the next time you sign in.'],
  ['passkey-removed', 'The passkey is removed. It cannot sign you in any more.'],
  ['renamed', 'The new name is saved.'],
  ['app-added', 'The authenticator app is added. You will be asked for its code after your password.'],
  ['app-removed', 'The authenticator app is removed.'],
  ['key-changed', 'The access key is switched. Programs notice within seconds.'],
  ['key-removed', 'The access key is removed. Whatever used it is refused now.'],
  ['linked', 'The login is linked. You can sign in with it.'],
  ['unlinked', 'The login is not linked any more. It cannot sign you in.'],
  ['link-taken', 'This login is linked to a user already. Nothing was changed.'],
  ['link-gone', 'Linking took too long, or was begun elsewhere. Nothing was changed: begin again.'],
  ['ended', 'The session has ended.'],
  ['application-removed', 'It is taken back. The application must ask you again.'],
  ['confirmed', 'Thank you. For the next five minutes you can change how you sign in.'],
]);

export async function securityPage(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const { deps, facts, url } = door;
  const { session, csrf } = visitor;
  const { identity } = session;
  const nowSeconds = nowSecondsOf(facts);
  const [factors, sessions, arn, keys, applications, links, changes] = await Promise.all([
    factorsOf(identity, deps),
    deps.signInSessions.list(identity.accountId, ownerOf(identity)),
    arnOf(identity, deps),
    ownAccessKeys(session, facts, deps),
    ownApplications(session, nowSeconds, deps),
    ownLinks(session, deps),
    deps.factorChanges.recent(identity, nowSeconds - CHANGES_SECONDS, MAX_CHANGES),
  ]);
  const done = DONE.get(url.searchParams.get('done') ?? '');
  return pageAnswer(
    door,
    200,
    <Layout frame={frameOf(door, visitor)} title="Your security" wide>
      {done !== undefined && (
        <p class="notice success" role="status">
          {done}
        </p>
      )}
      <ChangesNotice changes={changes} ownId={session.sessionId} nowSeconds={nowSeconds} />
      {!hasSecondFactor(factors) && identity.type !== 'federated' && (
        <p class="notice warning">
          Your password alone protects this sign-in. Add a passkey or an authenticator app.
        </p>
      )}
      <Who session={session} arn={arn ?? ''} csrf={csrf} nowSeconds={nowSeconds} />
      <Passkeys passkeys={factors.passkeys} csrf={csrf} nowSeconds={nowSeconds} />
      {identity.type !== 'federated' && <AuthenticatorApps devices={factors.virtualDevices} csrf={csrf} />}
      {identity.type !== 'federated' && <RecoveryCodes left={factors.recoveryCodes} csrf={csrf} />}
      {links !== null && <LinkedLogins {...links} csrf={csrf} nowSeconds={nowSeconds} />}
      {keys !== null && <AccessKeys keys={keys} csrf={csrf} nowSeconds={nowSeconds} />}
      <Applications applications={applications} csrf={csrf} nowSeconds={nowSeconds} />
      <Changes changes={changes} ownId={session.sessionId} nowSeconds={nowSeconds} />
      <Sessions
        sessions={sessions.filter((each) => each.expiresAtSeconds > nowSeconds)}
        ownId={session.sessionId}
        csrf={csrf}
        nowSeconds={nowSeconds}
      />
    </Layout>,
  );
}
