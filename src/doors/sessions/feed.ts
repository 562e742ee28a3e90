/** The revocation feed, for who verifies access tokens offline: `GET /.well-known/daypass-revocations`. */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import { Fault } from '../../core/faults.ts';
import { FEED_TYPE } from '../../core/revocation/feed.ts';
import { asFault } from '../../usecases/record.ts';
import { FEED_CACHE_SECONDS, revocationFeed } from '../../usecases/revocation-feed.ts';
import { type DoorRequest, isRead } from '../http/door.ts';
import { answerHeaders } from '../http/headers.ts';
import { jsonRefusal } from '../http/json-refusal.ts';

export async function revocationFeedDoor(door: DoorRequest): Promise<Response> {
  try {
    const { request, facts, deps } = door;
    if (!isRead(request)) throw new Fault('method_not_allowed', 'the feed is read by GET');
    const feed = await revocationFeed(nowSecondsOf(facts), deps);
    return new Response(request.method === 'HEAD' ? null : feed, {
      headers: {
        ...answerHeaders(facts.requestId, `application/${FEED_TYPE}`),
        'cache-control': `public, max-age=${FEED_CACHE_SECONDS}`,
        // Nothing in it depends on who asks.
        'access-control-allow-origin': '*',
      },
    });
  } catch (error) {
    return jsonRefusal(door, asFault(error));
  }
}
