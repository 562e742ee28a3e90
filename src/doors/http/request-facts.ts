import type { RequestFacts } from '../../core/context/request-context.ts';
import type { Clock } from '../../core/ports.ts';

/** How a deployment stands to its network: which header, if any, tells the caller's address. */
export interface Front {
  readonly mode: 'production' | 'local';
}

/** What the runtime makes anew each time it is asked for: looked at once. */
interface Cloudflare {
  readonly colo?: unknown;
  readonly tlsClientAuth?: unknown;
}

const MAX_USER_AGENT = 512;

/**
 * What a request says of itself. The address is believed from Cloudflare's own header in production alone: on a local port
 * anybody could send it, and there every caller is the machine itself.
 */
export function requestFacts(
  request: Request,
  url: string,
  front: Front,
  clock: Clock,
  requestId: string,
): RequestFacts {
  const local = front.mode === 'local';
  const cf = request.cf as Cloudflare | undefined; // absent on local ports; whatever it holds is read as unknown
  const colo = cf?.colo;
  return {
    requestId,
    nowMilliseconds: clock.nowMilliseconds(),
    sourceIp: local ? '127.0.0.1' : request.headers.get('cf-connecting-ip'),
    userAgent: request.headers.get('user-agent')?.slice(0, MAX_USER_AGENT) ?? null,
    secureTransport: url.startsWith('https:'),
    ...connectionCertificate(cf, request, front),
    near: typeof colo === 'string' && /^[A-Za-z]{3,4}$/.test(colo) ? colo.toLowerCase() : null,
  };
}

/**
 * Cloudflare's word on the client's certificate. Cloudflare alone says it, in `cf`, which no client can reach. A local port has no TLS:
 * there, and nowhere else, the header that RFC 9440 gives to proxies stands for it, so that a developer can try a certificate.
 */
function connectionCertificate(
  cf: Cloudflare | undefined,
  request: Request,
  { mode }: Front,
): Pick<RequestFacts, 'tlsClient'> {
  const certRFC9440 = mode === 'local' ? request.headers.get('client-cert') : null;
  if (certRFC9440 === null) return cf?.tlsClientAuth == null ? {} : { tlsClient: cf.tlsClientAuth };
  const certChainRFC9440 = request.headers.get('client-cert-chain') ?? '';
  const shown = { certPresented: '1', certVerified: 'SUCCESS', certRevoked: '0' };
  return { tlsClient: { ...shown, certRFC9440, certChainRFC9440 } };
}
