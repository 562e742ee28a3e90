import type { RequestFacts } from '../../core/context/request-context.ts';
import type { Clock } from '../../core/ports.ts';

/** How a deployment stands to its network: which header, if any, tells the caller's address. */
export interface Front {
  readonly mode: 'production' | 'local';
}

const MAX_USER_AGENT = 512;

/**
 * What a request says of itself. The address is believed from Cloudflare's own header in production alone: on a local port
 * anybody could send it, and there every caller is the machine itself.
 */
export function requestFacts(request: Request, front: Front, clock: Clock, requestId: string): RequestFacts {
  const local = front.mode === 'local';
  const colo = (request.cf as { colo?: unknown } | undefined)?.colo; // absent on local ports
  return {
    requestId,
    nowMilliseconds: clock.nowMilliseconds(),
    sourceIp: local ? '127.0.0.1' : request.headers.get('cf-connecting-ip'),
    userAgent: request.headers.get('user-agent')?.slice(0, MAX_USER_AGENT) ?? null,
    secureTransport: request.url.startsWith('https:'),
    near: typeof colo === 'string' && /^[A-Za-z]{3,4}$/.test(colo) ? colo.toLowerCase() : null,
  };
}
