/** Condition keys about the request itself. */
import type { ContextValue } from '../policy/types.ts';
import { formatIso } from '../time.ts';

export type ContextEntry = readonly [key: string, value: ContextValue];

/** What a door knows about one request, apart from who asks. */
export interface RequestFacts {
  readonly requestId: string;
  readonly nowMilliseconds: number;
  /** Null where the door cannot know it. */
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly secureTransport: boolean;
  /** The data centre that answers, where known. */
  readonly near: string | null;
  /** Cloudflare's word on the certificate of the connection, unread; absent where none was shown. */
  readonly tlsClient?: unknown;
}

export const nowSecondsOf = (request: RequestFacts): number => Math.floor(request.nowMilliseconds / 1000);

/** Time is Daypass's own, whoever asks. */
export const timeContext = (nowMilliseconds: number): readonly ContextEntry[] => {
  const seconds = Math.floor(nowMilliseconds / 1000);
  if (seconds !== heldSecond.seconds) {
    const entries: readonly ContextEntry[] = [
      ['aws:CurrentTime', formatIso(seconds)],
      ['aws:EpochTime', String(seconds)],
    ];
    heldSecond = { seconds, entries };
  }
  return heldSecond.entries;
};

/** The texts of the last second that was asked about: many requests share one. */
let heldSecond: { readonly seconds: number; readonly entries: readonly ContextEntry[] } = {
  seconds: Number.NaN,
  entries: [],
};

/** The keys of a request that came to Daypass itself. */
export function requestContext(request: RequestFacts): readonly ContextEntry[] {
  const entries: ContextEntry[] = [
    ...timeContext(request.nowMilliseconds),
    ['aws:SecureTransport', String(request.secureTransport)],
    ['aws:ViaAWSService', 'false'],
    ['aws:PrincipalIsAWSService', 'false'],
  ];
  if (request.sourceIp !== null) entries.push(['aws:SourceIp', request.sourceIp]);
  if (request.userAgent !== null) entries.push(['aws:UserAgent', request.userAgent]);
  return entries;
}
