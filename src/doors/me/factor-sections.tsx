/** The sections of the security page about how the person proves who they are. */
import { authenticatorName } from '../../core/sign-in/authenticator-names.ts';
import { MAX_PASSKEY_NAME, type Passkey } from '../../core/sign-in/passkey.ts';
import { RECOVERY_CODE_COUNT } from '../../core/sign-in/recovery-code.ts';
import { PostForm } from '../http/page/form.tsx';
import { Moment } from '../http/page/moment.tsx';

export interface PasskeysProps {
  readonly passkeys: readonly Passkey[];
  readonly csrf: string;
  readonly nowSeconds: number;
}

export function Passkeys({ passkeys, csrf, nowSeconds }: PasskeysProps) {
  return (
    <section class="card" aria-labelledby="passkeys">
      <h2 id="passkeys">Passkeys and security keys</h2>
      {passkeys.length === 0 ? (
        <div class="empty">
          <p>
            A passkey signs you in with your fingerprint, face or PIN. It cannot be guessed or phished, and
            counts as both factors.
          </p>
        </div>
      ) : (
        <ul class="things">
          {passkeys.map((passkey) => (
            <PasskeyRow passkey={passkey} csrf={csrf} nowSeconds={nowSeconds} />
          ))}
        </ul>
      )}
      <div>
        <a class="button primary" href="/me/passkeys/add">
          Add a passkey
        </a>
      </div>
    </section>
  );
}

function PasskeyRow(props: {
  readonly passkey: Passkey;
  readonly csrf: string;
  readonly nowSeconds: number;
}) {
  const { passkey, csrf, nowSeconds } = props;
  const { credentialId, name, lastUsedAtSeconds } = passkey;
  const model = authenticatorName(passkey.aaguid);
  return (
    <li>
      <div class="what stack-tight">
        <bdi>{name}</bdi>
        <span class="muted small">
          {model !== null && model !== name && `${model}. `}
          Added <Moment atSeconds={passkey.createdAtSeconds} nowSeconds={nowSeconds} />
          {lastUsedAtSeconds === null ? (
            ', not used yet'
          ) : (
            <>
              , last used <Moment atSeconds={lastUsedAtSeconds} nowSeconds={nowSeconds} />
            </>
          )}
          {passkey.backedUp && ', synchronised'}
        </span>
        <details>
          <summary class="small">Rename</summary>
          <PostForm
            action="/me/passkeys/rename"
            csrf={csrf}
            class="row"
            hidden={{ credential: credentialId }}
          >
            <input
              name="name"
              aria-label={`New name of ${name}`}
              value={name}
              maxlength={MAX_PASSKEY_NAME}
              required
              autocomplete="off"
            />
            <button class="button small" type="submit">
              Save name
            </button>
          </PostForm>
        </details>
      </div>
      <PostForm action="/me/passkeys/remove" csrf={csrf} hidden={{ credential: credentialId }}>
        <button class="button danger small" type="submit" aria-label={`Remove ${name}`}>
          Remove
        </button>
      </PostForm>
    </li>
  );
}

/** Serial numbers end in the name that the person gave. */
const nameOfDevice = (serial: string): string => serial.slice(serial.lastIndexOf('/') + 1);

export function AuthenticatorApps({
  devices,
  csrf,
}: {
  readonly devices: readonly string[];
  readonly csrf: string;
}) {
  return (
    <section class="card" aria-labelledby="apps">
      <h2 id="apps">Authenticator apps</h2>
      {devices.length === 0 ? (
        <div class="empty">
          <p>An app on your phone shows a six-digit code that you type after your password.</p>
        </div>
      ) : (
        <ul class="things">
          {devices.map((serial) => (
            <li>
              <div class="what stack-tight">
                <bdi>{nameOfDevice(serial)}</bdi>
                <code class="muted">{serial}</code>
              </div>
              <PostForm action="/me/app/remove" csrf={csrf} hidden={{ device: serial }}>
                <button
                  class="button danger small"
                  type="submit"
                  aria-label={`Remove ${nameOfDevice(serial)}`}
                >
                  Remove
                </button>
              </PostForm>
            </li>
          ))}
        </ul>
      )}
      <div>
        <a class="button" href="/me/app">
          Add an authenticator app
        </a>
      </div>
    </section>
  );
}

export function RecoveryCodes({ left, csrf }: { readonly left: number; readonly csrf: string }) {
  return (
    <section class="card" aria-labelledby="recovery">
      <h2 id="recovery">Recovery codes</h2>
      <p>
        {left === 0
          ? 'You have none. With a recovery code you can sign in when your passkey or phone is lost.'
          : `${left} of ${RECOVERY_CODE_COUNT} are left. Each works once, in place of your second factor.`}
      </p>
      <PostForm action="/me/recovery-codes" csrf={csrf}>
        {left > 0 && <p class="muted small">New codes replace the old ones at once.</p>}
        <div>
          <button class="button" type="submit">
            {left === 0 ? 'Make recovery codes' : 'Make new recovery codes'}
          </button>
        </div>
      </PostForm>
    </section>
  );
}
