/** People who come to an address that is for programs, or for nobody: they get a page, and programs what they always got. */
import { Fault } from '../../../core/faults.ts';
import { type DoorHandler, isRead } from '../door.ts';
import { seeOther } from './page-answer.ts';
import { refusalPage } from './refusal-page.tsx';

/** Whether a browser goes there: what it reads, it wants as HTML. SDKs, `fetch` and curl do not ask for that. */
const isVisit = (request: Request): boolean =>
  isRead(request) && /(?:^|[,\s])text\/html(?:$|[;,\s])/i.test(request.headers.get('accept') ?? '');

/**
 * For a path that is no door.
 * @returns a page, to a visit
 * @throws Fault `not_found`, for the entry to answer, to whatever else it is
 */
export const nowhereDoor: DoorHandler = async (door) => {
  const fault = new Fault('not_found', 'there is nothing here');
  if (!isVisit(door.request)) throw fault;
  return refusalPage(door, fault);
};

/**
 * For the bare address of the broker, which people type.
 * @param handler - of everything but a visit without a query: that leads to `/me`, and from there to sign-in
 */
export const leadingVisitors =
  (handler: DoorHandler): DoorHandler =>
  async (door) => {
    const { request, address } = door;
    const bare = !address.hasQuery && !request.headers.has('authorization');
    return bare && isVisit(request) ? seeOther(door, '/me') : handler(door);
  };
