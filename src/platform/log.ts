import type { Log } from '../core/ports.ts';

/** Members whose values never reach a log line, whoever wrote the call. */
const SECRET_MEMBER = /secret|token|password|assertion|signature|authorization|cookie|code_verifier/i;
const MAX_TEXT = 500;

/** One JSON object per line, to the platform's log. Control characters cannot forge a second line: JSON escapes them. */
export const log: Log = (level, event, detail = {}) => {
  console[level](lineOf({ ...detail, level, event }));
};

/** A line must come out whatever stands in it: a detail that JSON cannot write never fails a request. */
function lineOf(members: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(members, redacted);
  } catch {
    return JSON.stringify({ level: members.level, event: members.event, detail: 'cannot be written' });
  }
}

/** At any depth. */
function redacted(name: string, value: unknown): unknown {
  if (SECRET_MEMBER.test(name)) return '[redacted]';
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : value;
}
