/** What the entry hands to a door, and what every door gives back. */
import type { RequestFacts } from '../../core/context/request-context.ts';
import type { Deps } from '../../usecases/deps.ts';
import { type Address, addressOf, plainAddress } from './address.ts';

export interface DoorRequest {
  readonly request: Request;
  /** The address as its text has it: the path, and whether anything stands behind a question mark. */
  readonly address: Address;
  /** The address taken apart, which costs more: made when it is first asked for. */
  readonly url: URL;
  readonly facts: RequestFacts;
  readonly deps: Deps;
}

/** @param text - its URL. @returns a request as doors take it */
export function arrive(request: Request, text: string, deps: Deps, facts: RequestFacts): DoorRequest {
  let url: URL | null = null;
  const whole = (): URL => {
    url ??= new URL(text);
    return url;
  };
  const address = plainAddress(text) ?? addressOf(whole());
  return {
    ...{ request, address, facts, deps },
    get url() {
      return whole();
    },
  };
}

export type DoorHandler = (input: DoorRequest) => Promise<Response>;

/** Whether a request only reads: GET, or HEAD, which is the same without its body. */
export const isRead = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD';
