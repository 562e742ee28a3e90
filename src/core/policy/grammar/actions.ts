/** The form of the entries of Action and NotAction. */
import { refuse } from '../fault.ts';
import type { Draft, Located } from './draft.ts';

/** @throws Refused with "Policy statement must contain actions." */
export function checkActionsExist({ statements }: Draft): void {
  for (const { action, at, path } of statements) {
    if (action !== null && action.values.length > 0) continue;
    refuse({ at, path }, 'Policy statement must contain actions.', 'the statement names no action');
  }
}

/** @throws Refused with the text AWS has for each form that it does not take */
export function checkActionForms({ statements }: Draft): void {
  for (const { action } of statements) {
    for (const value of action?.values ?? []) if (value.text !== '*') checkForm(value);
  }
}

function checkForm(value: Located): void {
  const [vendor = '', ...names] = value.text.split(':');
  if (names.length === 0) {
    const message = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
    refuse(value, message, `\`${value.text}\` must be written \`service:Action\``);
  }
  if (names.length > 1) {
    refuse(
      value,
      'Actions/Condition can contain only one colon.',
      `\`${value.text}\` has more than one colon`,
    );
  }
  if (!/^[A-Za-z0-9.-]+$/.test(vendor)) {
    refuse(value, `Vendor ${vendor} is not valid`, `\`${vendor}\` is not the name of a service`);
  }
}

const TRUST_ACTIONS = new Set(['sts:tagsession', 'sts:setsourceidentity', 'sts:setcontext']);

/** A trust policy is about assuming the role, and says so action by action. @throws Refused */
export function checkTrustActions({ statements }: Draft): void {
  for (const { action } of statements) {
    for (const value of action?.values ?? []) {
      const lower = value.text.toLowerCase();
      const isAssume = lower.startsWith('sts:assumerole');
      if (action?.negated === false && (isAssume || TRUST_ACTIONS.has(lower))) continue;
      const message =
        'Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity';
      refuse(value, message, `\`${value.text}\` is not about assuming a role`);
    }
  }
}
