import type { Log } from '../core/ports.ts';

/** Members whose values never reach a log line, whoever wrote the call. */
const SECRET_MEMBER = /secret|token|password|assertion|signature|authorization|cookie|code_verifier/i;
const MAX_TEXT = 500;

/** One JSON object per line, to the platform's log. Control characters cannot forge a second line: JSON escapes them. */
export const log: Log = (level, event, detail = {}) => {
  console[level](JSON.stringify({ level, event, ...redact(detail) }));
};

function redact(detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(detail)) {
    if (SECRET_MEMBER.test(name)) safe[name] = '[redacted]';
    else if (typeof value === 'string') safe[name] = value.slice(0, MAX_TEXT);
    else safe[name] = value;
  }
  return safe;
}
