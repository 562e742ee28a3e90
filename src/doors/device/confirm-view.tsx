import type { Role } from '../../core/account.ts';
import type { DeviceAuthorization } from '../../core/oauth/device-authorization.ts';
import type { PersonalClient } from '../../core/oauth/personal-client.ts';
import { formatUserCode } from '../../core/oauth/user-code.ts';
import type { ScopeInWords } from '../../usecases/scopes-in-words.ts';
import { DetailList } from '../http/page/detail-list.tsx';
import { ErrorSummary, type FieldError, PostForm } from '../http/page/form.tsx';
import { type Frame, Layout } from '../http/page/layout.tsx';
import { Moment } from '../http/page/moment.tsx';
import { NoRole, RoleChoice } from '../http/page/role-choice.tsx';
import { ScopeList } from '../http/page/scope-list.tsx';

export interface ConfirmDeviceProps {
  readonly frame: Frame;
  readonly csrf: string;
  readonly device: DeviceAuthorization;
  readonly userCode: string;
  readonly client: PersonalClient;
  readonly roles: readonly Role[];
  readonly scopes: readonly ScopeInWords[];
  readonly errors: readonly FieldError[];
  readonly nowSeconds: number;
}

/** Who asks, from where, for what. Whoever was sent a code by somebody else must be able to notice it here. */
export function ConfirmDeviceView(props: ConfirmDeviceProps) {
  const { frame, csrf, device, userCode, client, roles, scopes, errors, nowSeconds } = props;
  return (
    <Layout frame={frame} title="Let this device in?">
      <p class="notice warning">
        Go on only if you started this yourself, on a device in front of you. If somebody sent you the code or
        the link, refuse.
      </p>
      <div class="card">
        <ErrorSummary errors={errors} />
        <dl class="facts">
          <dt>Application</dt>
          <dd>
            <bdi>{client.name}</bdi>
            <br />
            <code class="muted small">{client.clientId}</code>
          </dd>
          <dt>Code</dt>
          <dd>
            <code>{formatUserCode(userCode)}</code>
            <br />
            <span class="muted small">The device must show the same.</span>
          </dd>
          <dt>Asked from</dt>
          <dd>
            <code>{device.sourceIp ?? 'an unknown address'}</code>
            <br />
            <bdi class="muted small">{device.userAgent ?? 'an unnamed program'}</bdi>
          </dd>
          <dt>Asked</dt>
          <dd>
            <Moment atSeconds={device.createdAtSeconds} nowSeconds={nowSeconds} />
          </dd>
          <dt>Asks for</dt>
          <dd>
            <ScopeList scopes={scopes} />
          </dd>
          <DetailList details={device.authorizationDetails} />
        </dl>
        <PostForm action="/device/decide" csrf={csrf} hidden={{ user_code: userCode }}>
          {roles.length === 0 ? <NoRole /> : <RoleChoice roles={roles} legend="It acts as" />}
          {roles.length > 0 && (
            <button class="button primary block" type="submit" name="decision" value="allow">
              Let it in
            </button>
          )}
          <button class="button block" type="submit" name="decision" value="refuse">
            Refuse
          </button>
        </PostForm>
      </div>
    </Layout>
  );
}
