/** The person sees who asks for what, chooses the role, and decides. */
import type { Role } from '../../core/account.ts';
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { type PersonalClient, personalClientOf } from '../../core/oauth/personal-client.ts';
import { whatIsMissing } from '../../core/oauth/what-is-missing.ts';
import type { AuthorizationUnderWay } from '../../usecases/authorization-under-way.ts';
import { mayBeRemembered } from '../../usecases/consent.ts';
import { grantAuthorization } from '../../usecases/grant-authorization.ts';
import { asFault } from '../../usecases/record.ts';
import { type ScopeInWords, scopesInWords } from '../../usecases/scopes-in-words.ts';
import { rolesToTake } from '../../usecases/take-role.ts';
import type { DoorRequest } from '../http/door.ts';
import { DetailList } from '../http/page/detail-list.tsx';
import { ErrorSummary, type FieldError, PostForm } from '../http/page/form.tsx';
import { formActionOf } from '../http/page/form-action.ts';
import { type Frame, Layout } from '../http/page/layout.tsx';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer } from '../http/page/page-answer.ts';
import { asSentence } from '../http/page/page-door.ts';
import { NoRole, RoleChoice } from '../http/page/role-choice.tsx';
import { ScopeList } from '../http/page/scope-list.tsx';
import { readVisitor, toSignIn, type Visitor } from '../http/page/visitor.ts';
import { clientAnswer } from './client-answer.tsx';
import { requireClient } from './known-client.ts';
import { requireUnderWay } from './under-way.ts';

export async function consentPage(
  door: DoorRequest,
  visitor: Visitor,
  underWay: AuthorizationUnderWay,
  errors: readonly FieldError[],
  cookies: readonly string[] = [],
): Promise<Response> {
  const client = await requireClient(door, visitor, underWay);
  const roles = await rolesToTake(visitor.session, door.facts, door.deps);
  const { accountId, request } = underWay;
  const scopes = await scopesInWords(accountId, request.scope, door.deps);
  const mayRemember = await mayBeRemembered(visitor.session, client, underWay, door.deps);
  const { csrf } = visitor;
  return pageAnswer(
    door,
    errors.length === 0 ? 200 : 400,
    <ConsentView
      frame={frameOf(door, visitor)}
      csrf={csrf}
      client={personalClientOf(client)}
      mayRemember={mayRemember}
      underWay={underWay}
      roles={roles}
      scopes={scopes}
      errors={errors}
    />,
    { cookies, formActions: [formActionOf(underWay.request.redirectUri)] },
  );
}

export async function decideAuthorization(door: DoorRequest): Promise<Response> {
  const visitor = await readVisitor(door);
  if (visitor === null) return toSignIn(door, { kind: 'me', id: '' });
  const form = await readOwnForm(door, visitor);
  const underWay = await requireUnderWay(door, form.get('request') ?? '');
  const { request, startedAtSeconds } = underWay;
  const client = await requireClient(door, visitor, underWay);
  if (form.get('decision') !== 'allow') {
    return clientAnswer(door, request, { error: 'access_denied', error_description: 'the person refused' });
  }
  const nowSeconds = nowSecondsOf(door.facts);
  if (whatIsMissing(visitor.session, request, startedAtSeconds, nowSeconds) !== null) {
    throw new Fault('access_denied', 'confirm first that it is you; go back to the application');
  }
  try {
    const { facts, deps } = door;
    const roleArn = form.get('role') ?? '';
    const remember = form.get('remember') === 'yes';
    const agreement = { signIn: visitor.session, client, underWay, roleArn, unasked: null, remember };
    const code = await grantAuthorization(agreement, facts, deps);
    return await clientAnswer(door, request, { code });
  } catch (error) {
    const fault = asFault(error);
    if (fault.code !== 'access_denied' && fault.code !== 'validation_error') throw fault;
    return consentPage(door, visitor, underWay, [{ field: null, message: asSentence(fault.message) }]);
  }
}

interface ConsentProps {
  readonly frame: Frame;
  readonly csrf: string;
  readonly client: PersonalClient;
  readonly underWay: AuthorizationUnderWay;
  readonly roles: readonly Role[];
  readonly scopes: readonly ScopeInWords[];
  /** Whether the person may say that they need not be asked for the same again. */
  readonly mayRemember: boolean;
  readonly errors: readonly FieldError[];
}

function ConsentView(props: ConsentProps) {
  const { frame, csrf, client, underWay, roles, scopes, errors, mayRemember } = props;
  const { redirectUri } = underWay.request;
  return (
    <Layout frame={frame} title="Let this application in?">
      <div class="card">
        <ErrorSummary errors={errors} />
        <dl class="facts">
          <dt>Application</dt>
          <dd>
            <bdi>{client.name}</bdi>
            <br />
            <code class="muted small">{client.clientId}</code>
          </dd>
          <dt>Goes to</dt>
          <dd>
            <code>{formActionOf(redirectUri)}</code>
          </dd>
          <dt>Asks for</dt>
          <dd>
            <ScopeList scopes={scopes} />
          </dd>
          <DetailList details={underWay.request.authorizationDetails} />
        </dl>
        <PostForm action="/oauth/authorize/decide" csrf={csrf} hidden={{ request: underWay.id }}>
          {roles.length === 0 ? <NoRole /> : <RoleChoice roles={roles} legend="It acts as" />}
          {mayRemember && roles.length > 0 && <Remember />}
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

/** Ticked from the start: who wants to be asked each time says so. */
function Remember() {
  return (
    <label class="choice">
      <input type="checkbox" name="remember" value="yes" checked />
      <span class="stack-tight">
        <span>Do not ask me again for the same</span>
        <span class="muted small">You can take it back on your security page.</span>
      </span>
    </label>
  );
}
