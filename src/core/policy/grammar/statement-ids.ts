import { refuse } from '../fault.ts';
import type { Draft } from './draft.ts';

/** Sids are unique within a policy; an empty one is none. @throws Refused */
export function checkSidsUnique({ statements }: Draft): void {
  const seen = new Set<string>();
  for (const { sid } of statements) {
    if (sid === null || sid.text === '') continue;
    if (seen.has(sid.text)) {
      const message = 'Statement IDs (SID) in a single policy must be unique.';
      refuse(sid, message, `the Sid \`${sid.text}\` occurs twice`);
    }
    seen.add(sid.text);
  }
}

/**
 * IAM takes letters and digits, and by its recorded answers underscores; other services take more in the policies of
 * their resources. @throws Refused
 */
export function checkSidCharacters({ statements }: Draft): void {
  for (const { sid } of statements) {
    if (sid === null || /^[0-9A-Za-z_]*$/.test(sid.text)) continue;
    const message =
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*';
    refuse(sid, message, 'a Sid consists of letters, digits and underscores');
  }
}
