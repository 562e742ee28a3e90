/** The sections of the security page about who the person is and where they are signed in. */

import { amrInWords } from '../../core/sign-in/amr-words.ts';
import { nameOf } from '../../core/sign-in/identity.ts';
import { ACR_MFA, acrOf, type SignInSession } from '../../core/sign-in/session.ts';
import { PostForm } from '../http/page/form.tsx';
import { Moment } from '../http/page/moment.tsx';

export interface WhoProps {
  readonly session: SignInSession;
  readonly arn: string;
  readonly csrf: string;
  readonly nowSeconds: number;
}

/** Name first, the ARN small and to be copied. */
export function Who({ session, arn, csrf, nowSeconds }: WhoProps) {
  const { identity } = session;
  return (
    <section class="card" aria-labelledby="who">
      <h2 id="who">You</h2>
      <dl class="facts">
        <dt>Name</dt>
        <dd>
          <bdi>{nameOf(identity)}</bdi>
          {identity.type === 'root' && (
            <>
              {' '}
              <span class="badge">root</span>
            </>
          )}
        </dd>
        <dt>Account</dt>
        <dd class="mono">{identity.accountId}</dd>
        <dt>{identity.type === 'federated' ? 'Provider' : 'ARN'}</dt>
        <dd class="row">
          <code id="own-arn">{arn}</code>
          <button class="button small" type="button" data-copy="own-arn" hidden>
            Copy
          </button>
        </dd>
        <dt>Signed in</dt>
        <dd>
          <Moment atSeconds={session.authAtSeconds} nowSeconds={nowSeconds} /> by {amrInWords(session.amr)}
        </dd>
        <dt>Second factor</dt>
        <dd>{acrOf(session) === ACR_MFA ? 'Used in this session' : 'Not used in this session'}</dd>
      </dl>
      <div class="row">
        <a class="button" href="/me/roles">
          Take a role
        </a>
        {identity.type !== 'federated' && (
          <a class="button" href="/me/cli">
            Credentials for the command line
          </a>
        )}
        <PostForm action="/logout" csrf={csrf}>
          <button class="button" type="submit">
            Sign out
          </button>
        </PostForm>
      </div>
    </section>
  );
}

export interface SessionsProps {
  readonly sessions: readonly SignInSession[];
  /** The one that looks. */
  readonly ownId: string;
  readonly csrf: string;
  readonly nowSeconds: number;
}

export function Sessions({ sessions, ownId, csrf, nowSeconds }: SessionsProps) {
  return (
    <section class="card" aria-labelledby="sessions">
      <h2 id="sessions">Where you are signed in</h2>
      <ul class="things">
        {sessions.map((each) => (
          <li>
            <div class="what stack-tight">
              <span>
                <bdi>{browserOf(each.userAgent)}</bdi> from{' '}
                <bdi class="mono">{each.sourceIp ?? 'unknown'}</bdi>{' '}
                {each.sessionId === ownId && <span class="badge">this one</span>}
              </span>
              <span class="muted small">
                Last seen <Moment atSeconds={each.lastSeenAtSeconds} nowSeconds={nowSeconds} />, signed in{' '}
                <Moment atSeconds={each.createdAtSeconds} nowSeconds={nowSeconds} /> by {amrInWords(each.amr)}
              </span>
            </div>
            <PostForm action="/me/sessions/end" csrf={csrf} hidden={{ session: each.sessionId }}>
              <button class="button small" type="submit">
                {each.sessionId === ownId ? 'Sign out here' : 'End'}
              </button>
            </PostForm>
          </li>
        ))}
      </ul>
      <PostForm action="/me/sessions/end-all" csrf={csrf}>
        <p class="muted small">
          Ends every browser session of yours, this one too, and what applications may keep while you are
          away. Credentials for the command line that you have made live on until they expire.
        </p>
        <div>
          <button class="button danger" type="submit">
            Sign out everywhere
          </button>
        </div>
      </PostForm>
    </section>
  );
}

const BROWSERS: readonly (readonly [sign: RegExp, name: string])[] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [sign: RegExp, name: string])[] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** A browser by the name people know it by; it decides nothing. */
export function browserOf(userAgent: string | null): string {
  const find = (list: typeof BROWSERS) => list.find(([sign]) => sign.test(userAgent ?? ''))?.[1];
  const [browser, system] = [find(BROWSERS), find(SYSTEMS)];
  if (browser === undefined) return 'Unknown browser';
  return system === undefined ? browser : `${browser} on ${system}`;
}
