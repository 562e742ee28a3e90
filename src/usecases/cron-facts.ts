import type { RequestFacts } from '../core/context/request-context.ts';
import { formatUuid } from '../core/ids.ts';
import type { Deps } from './deps.ts';

const UUID_BYTES = 16;

/** What is known of a run of the cron trigger: it comes from nobody, and has an id like a request. */
export const cronFacts = ({ clock, random }: Deps): RequestFacts => ({
  requestId: formatUuid(random.bytes(UUID_BYTES)),
  nowMilliseconds: clock.nowMilliseconds(),
  sourceIp: null,
  userAgent: null,
  secureTransport: true,
  near: null,
});
