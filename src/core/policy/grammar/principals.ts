/** Where a policy must, and must not, name principals, and the form of their names. */
import type { PrincipalType } from '../document.ts';
import { refuse } from '../fault.ts';
import type { Draft, Located } from './draft.ts';

/** Policies that are attached to someone name nobody. @throws Refused */
export function checkNoPrincipals({ statements }: Draft): void {
  for (const { principal } of statements) {
    if (principal === null) continue;
    const message = 'Policy document should not specify a principal.';
    refuse(principal, message, 'this kind of policy is attached to a principal and names none');
  }
}

/** Policies of a resource name whom they are about. @throws Refused */
export function checkPrincipals({ statements }: Draft): void {
  for (const { principal, effect, at, path } of statements) {
    if (principal === null)
      refuse({ at, path }, 'Missing required field Principal', '`Principal` is missing');
    if (principal.negated && effect.text === 'Allow') {
      const message = 'Allow with NotPrincipal is not allowed.';
      refuse(
        principal,
        message,
        '`NotPrincipal` with `Allow` would grant to everybody else, unknown callers included',
      );
    }
    for (const { type, list } of principal.byType) {
      for (const value of list.values) checkName(type, value);
    }
  }
}

/** An RCP speaks about everybody, and can only take away. @throws Refused */
export function checkResourceControl({ statements }: Draft): void {
  for (const { principal, effect, at, path } of statements) {
    if (principal?.everybody !== true || principal.negated) {
      refuse({ at, path }, 'Missing required field Principal', 'an RCP must have `"Principal": "*"`');
    }
    if (effect.text !== 'Deny') {
      refuse(
        effect,
        'Syntax errors in policy.',
        'an RCP can only deny; what it does not deny stays as it is',
      );
    }
  }
}

/** No partial wildcards: a principal is named in full, or is everybody. */
const FORMS: Readonly<Record<PrincipalType, RegExp>> = {
  AWS: /^(?:\*|[0-9]{12}|(?:AIDA|AROA)[A-Z0-9]{12,124}|arn:[a-z-]+:(?:iam|sts)::[0-9]{12}:[^*?]+)$/,
  Service: /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/,
  Federated:
    /^(?:arn:[a-z-]+:iam::[0-9]{12}:(?:saml|oidc)-provider\/[^*?]+|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:\/[^*?]*)?)$/,
  CanonicalUser: /^[^*?]+$/,
};

function checkName(type: PrincipalType, value: Located): void {
  if (FORMS[type].test(value.text)) return;
  const message = `Invalid principal in policy: "${type}":"${value.text}"`;
  refuse(value, message, `\`${value.text}\` does not name a principal of kind ${type}`);
}
