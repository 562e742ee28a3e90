import type { Role } from '../../../core/account.ts';

/** One of several roles; where there is one alone, it is named and chosen. */
export function RoleChoice({ roles, legend }: { readonly roles: readonly Role[]; readonly legend: string }) {
  return (
    <fieldset class="stack-tight">
      <legend class="label">{legend}</legend>
      {roles.map((role, index) => (
        <label class="choice">
          <input type="radio" name="role" value={role.arn} checked={index === 0} required />
          <span class="stack-tight">
            <bdi>{role.name}</bdi>
            <code class="muted small">{role.arn}</code>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** For a person whom no fitting role trusts. */
export function NoRole() {
  return (
    <div class="empty">
      <p>
        There is no role that this application may have and that you may take. An administrator can let you
        take one: its trust policy names you, and a policy of yours allows <code>sts:AssumeRole</code>.
      </p>
    </div>
  );
}
