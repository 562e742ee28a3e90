/** What has changed lately about how the person signs in, whoever changed it. */
import type { FactorChange } from '../../core/repositories/factor-changes.ts';
import { Moment } from '../http/page/moment.tsx';

/** How far back the page looks, and how many it shows. */
export const CHANGES_SECONDS = 30 * 86_400;
export const MAX_CHANGES = 10;
/** So long a change is pointed out at the top of the page. */
const NOTICE_SECONDS = 7 * 86_400;

const WORDS: Readonly<Record<FactorChange['what'], string>> = {
  EnableMFADevice: 'A passkey or an authenticator app was added',
  DeactivateMFADevice: 'A passkey or an authenticator app was removed',
  CreateRecoveryCodes: 'New recovery codes were made',
  ChangePassword: 'The password was changed',
  CreateLoginProfile: 'A password was set',
  UpdateLoginProfile: 'The password was set anew, or is to be changed',
  DeleteLoginProfile: 'The password was removed',
  LinkIdentity: 'A login elsewhere was linked',
  UnlinkIdentity: 'A linked login was removed',
  RecoverRoot: 'Root was recovered: password and factors were taken away',
};

interface Props {
  readonly changes: readonly FactorChange[];
  /** The session that looks. */
  readonly ownId: string;
  readonly nowSeconds: number;
}

/** Points out what this session has not done itself. Nothing where there is no such thing. */
export function ChangesNotice({ changes, ownId, nowSeconds }: Props) {
  const elsewhere = changes.filter(
    ({ sessionId, atSeconds }) => sessionId !== ownId && nowSeconds - atSeconds < NOTICE_SECONDS,
  );
  const [newest] = elsewhere;
  if (newest === undefined) return null;
  return (
    <div class="notice">
      <p>
        How you sign in was changed in the last seven days, and not in this session. {WORDS[newest.what]}{' '}
        <Moment atSeconds={newest.atSeconds} nowSeconds={nowSeconds} />.{' '}
        <a href="#changes">See what changed</a>. If that was not you, remove what you do not know and tell
        those who run the account.
      </p>
    </div>
  );
}

export function Changes({ changes, ownId, nowSeconds }: Props) {
  if (changes.length === 0) return null;
  return (
    <section class="card" aria-labelledby="changes">
      <h2 id="changes">What changed lately</h2>
      <ul class="things">
        {changes.map((change) => (
          <li>
            <div class="what stack-tight">
              <span>{WORDS[change.what]}</span>
              <span class="muted small">
                <Moment atSeconds={change.atSeconds} nowSeconds={nowSeconds} />
                {change.sourceIp !== null && ` from ${change.sourceIp}`} by <bdi>{doerOf(change, ownId)}</bdi>
              </span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function doerOf({ what, byOther, sessionId }: FactorChange, ownId: string): string {
  if (what === 'RecoverRoot') return 'whoever operates this deployment';
  if (byOther !== null) return byOther;
  return sessionId === ownId ? 'you, in this session' : 'you';
}
