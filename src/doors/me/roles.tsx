/** `/me/roles`: choosing a role. What is offered has been decided by trust and policies a moment ago; it is decided again when taken. */
import type { Role } from '../../core/account.ts';
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { factorsOf } from '../../usecases/factors.ts';
import { asFault } from '../../usecases/record.ts';
import { rolesBehindFactor, rolesToTake, takeRole } from '../../usecases/take-role.ts';
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
  const { session } = visitor;
  const [roles, behind] = await Promise.all([
    rolesToTake(session, door.facts, door.deps),
    rolesBehindFactor(session, door.facts, door.deps),
  ]);
  const hasPasskey = behind.length > 0 && (await factorsOf(session.identity, door.deps)).passkeys.length > 0;
  return pageAnswer(
    door,
    errors.length === 0 ? 200 : 400,
    <Layout frame={frameOf(door, visitor)} title="Take a role">
      <p>You act with the permissions of the role, and nothing else, for as long as you choose.</p>
      <div class="card">
        <ErrorSummary errors={errors} />
        <BehindFactor roles={behind} hasPasskey={hasPasskey} />
        <PostForm action="/me/roles" csrf={visitor.csrf}>
          {(roles.length > 0 || behind.length === 0) && <RoleChoice roles={roles} />}
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

/** Roles that a passkey opens. */
function BehindFactor(props: { readonly roles: readonly Role[]; readonly hasPasskey: boolean }) {
  const { roles, hasPasskey } = props;
  if (roles.length === 0) return null;
  return (
    <div class="notice warning stack-tight">
      <p>{roles.length === 1 ? 'This role asks' : 'These roles ask'} for a second factor of yours:</p>
      <ul>
        {roles.map((role) => (
          <li>
            <bdi>{role.name}</bdi>
          </li>
        ))}
      </ul>
      <a class="button" href={hasPasskey ? '/me/confirm?next=roles' : '/me/passkeys/add'}>
        {hasPasskey ? 'Use your passkey' : 'Add a passkey'}
      </a>
    </div>
  );
}
