/** What AWS's oldest parser refuses: the case of Effect, ARNs cut short, dates that are none. */
import { parseOperator } from '../conditions/operator-name.ts';
import { LEGACY_PARSING, refuse } from '../fault.ts';
import type { Draft, DraftStatement, Located } from './draft.ts';
import { isLegacyDate } from './legacy-date.ts';
import { segmentsOf } from './resources.ts';

/** @throws Refused with "The policy failed legacy parsing" */
export function checkLegacy({ statements }: Draft): void {
  for (const statement of statements) {
    checkEffect(statement);
    for (const value of statement.resource?.values ?? []) checkSegments(value);
    checkDates(statement);
  }
}

function checkEffect({ effect }: DraftStatement): void {
  if (effect.text === 'Allow' || effect.text === 'Deny') return;
  refuse(effect, LEGACY_PARSING, `\`${effect.text}\` must be written \`Allow\` or \`Deny\``);
}

/** A short ARN may stand for all that follows (`arn:aws:sqs`), but not with a gap in it. */
function checkSegments(value: Located): void {
  const segments = segmentsOf(value.text);
  // Anything that is not an ARN of a known partition is refused later, in words of its own.
  if (segments === null) return;
  const vendor = segments[2];
  if (vendor === '') refuse(value, LEGACY_PARSING, `\`${value.text}\` names no service`);
  if (segments.length < 6 && segments.includes('')) {
    refuse(value, LEGACY_PARSING, `\`${value.text}\` has fewer than six parts and an empty one`);
  }
}

function checkDates({ conditions }: DraftStatement): void {
  for (const { operator, list } of conditions) {
    if (parseOperator(operator)?.operator.type !== 'date') continue;
    for (const value of list.values) {
      if (!isLegacyDate(value.text)) refuse(value, LEGACY_PARSING, `\`${value.text}\` is not a date`);
    }
  }
}
