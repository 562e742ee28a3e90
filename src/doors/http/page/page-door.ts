/** The steps that all doors with pages share: the path, the method, and a page for whatever went wrong. */
import { Fault } from '../../../core/faults.ts';
import { asFault } from '../../../usecases/record.ts';
import { type DoorHandler, type DoorRequest, isRead } from '../door.ts';
import { jsonAnswer } from '../headers.ts';
import { JSON_STATUS } from '../json-faults.ts';
import { refusalPage } from './refusal-page.tsx';

/** What one path answers. */
export interface PageRoute {
  readonly GET?: DoorHandler;
  readonly POST?: DoorHandler;
}

/** By exact path: a Map, so that no odd path finds an inherited member. */
export type PageRoutes = ReadonlyMap<string, PageRoute>;

export const pageDoor =
  (routes: PageRoutes): DoorHandler =>
  async (door) => {
    try {
      const route = routes.get(door.url.pathname);
      if (route === undefined) throw new Fault('not_found', 'there is nothing here');
      const handler = isRead(door.request) ? route.GET : door.request.method === 'POST' && route.POST;
      if (!handler) throw new Fault('method_not_allowed', 'this page cannot be asked in this way');
      return await handler(door);
    } catch (error) {
      return refusalPage(door, asFault(error));
    }
  };

/**
 * For what a page's script asks: answers JSON, also where it refuses.
 * @returns a handler that gives the value with its cookies, or the fault's sentence
 */
export const scripted =
  (
    ask: (door: DoorRequest) => Promise<{ readonly body: unknown; readonly cookies: readonly string[] }>,
  ): DoorHandler =>
  async (door) => {
    const { requestId } = door.facts;
    try {
      const { body, cookies } = await ask(door);
      const answer = jsonAnswer(requestId, 200, body);
      for (const cookie of cookies) answer.headers.append('set-cookie', cookie);
      return answer;
    } catch (error) {
      const { code, message, detail } = asFault(error);
      const status = JSON_STATUS[code];
      if (status >= 500) door.deps.log('error', 'request.failed', { requestId, code, ...detail });
      return jsonAnswer(requestId, status, { message: asSentence(message) });
    }
  };

/** A fault's message as people read it. */
export const asSentence = (message: string): string =>
  `${message.slice(0, 1).toUpperCase()}${message.slice(1)}${message.endsWith('.') ? '' : '.'}`;
