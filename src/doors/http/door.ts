/** What the entry hands to a door, and what every door gives back. */
import type { RequestFacts } from '../../core/context/request-context.ts';
import type { Deps } from '../../usecases/deps.ts';

export interface DoorRequest {
  readonly request: Request;
  readonly url: URL;
  readonly facts: RequestFacts;
  readonly deps: Deps;
}

export type DoorHandler = (input: DoorRequest) => Promise<Response>;

/** Whether a request only reads: GET, or HEAD, which is the same without its body. */
export const isRead = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD';
