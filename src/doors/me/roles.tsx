/** `/me/roles`: choosing a role. What is offered has been decided by trust and policies a moment ago; it is decided again when taken. */
import type { Role } from '../../core/account.ts';
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { asFault } from '../../usecases/record.ts';
import { rolesToTake, takeRole } from '../../usecases/take-role.ts';
import type { DoorRequest } from '../http/door.ts';
import { ErrorSummary, type FieldError, PostForm, TextField } from '../http/page/form.tsx';
import { Layout } from '../http/page/layout.tsx';
import { frameOf, readOwnForm } from '../http/page/own-form.ts';
import { pageAnswer } from '../http/page/page-answer.ts';
import { asSentence } from '../http/page/page-door.ts';
import type { Visitor } from '../http/page/visitor.ts';
import { CredentialsView } from './credentials-view.tsx';
import { AS_LOGIN_ASKS, DurationField, readDuration } from './duration.tsx';

export const showRoles = (door: DoorRequest, visitor: Visitor): Promise<Response> =>
  rolesPage(door, visitor, []);

export async function chooseRole(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const { session } = visitor;
  const named = (form.get('arn') ?? '').trim();
  const roleArn = named === '' ? (form.get('role') ?? '') : named;
  const asked = form.get('duration');
  const seconds = asked === AS_LOGIN_ASKS && asksLength(visitor) ? null : readDuration(asked);
  try {
    const issued = await takeRole(session, roleArn, seconds, door.facts, door.deps);
    const frame = frameOf(door, visitor);
    const nowSeconds = nowSecondsOf(door.facts);
    return await pageAnswer(
      door,
      200,
      <CredentialsView frame={frame} issued={issued} nowSeconds={nowSeconds} />,
    );
  } catch (error) {
    const fault = asFault(error);
    if (fault.code !== 'access_denied' && fault.code !== 'validation_error') throw fault;
    const message = roleArn === '' ? 'Choose a role, or enter its ARN' : asSentence(fault.message);
    return rolesPage(door, visitor, [{ field: null, message }]);
  }
}

/** Whether the identity provider said how long the role's session is to last. */
const asksLength = ({ session: { identity } }: Visitor): boolean =>
  identity.type === 'federated' && (identity.asked.sessionSeconds ?? null) !== null;

async function rolesPage(
  door: DoorRequest,
  visitor: Visitor,
  errors: readonly FieldError[],
): Promise<Response> {
  const roles = await rolesToTake(visitor.session, door.facts, door.deps);
  return pageAnswer(
    door,
    errors.length === 0 ? 200 : 400,
    <Layout frame={frameOf(door, visitor)} title="Take a role">
      <p>You act with the permissions of the role, and nothing else, for as long as you choose.</p>
      <div class="card">
        <ErrorSummary errors={errors} />
        <PostForm action="/me/roles" csrf={visitor.csrf}>
          <RoleChoice roles={roles} />
          <TextField
            name="arn"
            label={roles.length === 0 ? 'ARN of the role' : 'Or the ARN of another role'}
            help="Such as arn:aws:iam::123456789012:role/Reader"
            autocomplete="off"
            errors={errors}
            optional
          />
          <DurationField ofLogin={asksLength(visitor)} />
          <button class="button primary block" type="submit">
            Take the role
          </button>
        </PostForm>
      </div>
      <p class="small">
        <a href="/me">Back</a>
      </p>
    </Layout>,
  );
}

function RoleChoice({ roles }: { readonly roles: readonly Role[] }) {
  if (roles.length === 0) {
    return (
      <div class="empty">
        <p>
          No role of this account trusts you yet. An administrator can let you take one: its trust policy
          names you, and a policy of yours allows <code>sts:AssumeRole</code>.
        </p>
      </div>
    );
  }
  return (
    <fieldset class="stack-tight">
      <legend class="label">Role</legend>
      {roles.map((role, index) => (
        <label class="choice">
          <input type="radio" name="role" value={role.arn} checked={index === 0} />
          <span class="stack-tight">
            <bdi>{role.name}</bdi>
            <code class="muted">{role.arn}</code>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
