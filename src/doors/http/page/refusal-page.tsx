/** A refusal as people read it: what happened, what to do, and the id by which an administrator finds the reason. */
import type { Fault, FaultCode } from '../../../core/faults.ts';
import type { DoorRequest } from '../door.ts';
import { JSON_STATUS } from '../json-faults.ts';
import { Layout } from './layout.tsx';
import { pageAnswer } from './page-answer.ts';

interface Words {
  readonly title: string;
  readonly what: string;
  readonly todo: string;
}

const OUT_OF_ORDER: Words = {
  title: 'This page cannot be answered',
  what: 'Something here does not work as it should. Nothing was changed.',
  todo: 'Try again in a moment. If it stays, tell your administrator the request id below.',
};

const WORDS: ReadonlyMap<FaultCode, Words> = new Map<FaultCode, Words>([
  [
    'not_found',
    {
      title: 'There is nothing here',
      what: 'No page has this address.',
      todo: 'Check the address, or go to your security page.',
    },
  ],
  [
    'method_not_allowed',
    {
      title: 'There is nothing to open here',
      what: 'This address takes what a button on another page sends. Nothing was changed.',
      todo: 'Go to your security page and begin there.',
    },
  ],
  [
    'service_unavailable',
    {
      title: 'Not available right now',
      what: 'Daypass cannot reach its own data, and refuses rather than guesses. Nothing was changed.',
      todo: 'Try again in a moment.',
    },
  ],
  [
    'not_set_up',
    {
      title: 'Not set up yet',
      what: 'This broker has no account yet.',
      todo: 'Whoever runs it can set it up; see the deployment guide.',
    },
  ],
  [
    'throttling',
    { title: 'Too many attempts', what: 'Nothing was changed.', todo: 'Wait a while, then try again.' },
  ],
]);

/**
 * @param fault - its detail goes to the log alone
 * @returns the page, with the status that the JSON doors give the same fault
 */
export function refusalPage(door: DoorRequest, fault: Fault): Promise<Response> {
  const { facts, deps } = door;
  const status = JSON_STATUS[fault.code];
  const { requestId } = facts;
  if (status >= 500) deps.log('error', 'request.failed', { requestId, code: fault.code, ...fault.detail });
  const words = WORDS.get(fault.code) ?? (status >= 500 ? OUT_OF_ORDER : inItsOwnWords(fault));
  return pageAnswer(
    door,
    status,
    <Layout frame={deps.settings} title={words.title}>
      <div class="card">
        <p>{words.what}</p>
        <p>{words.todo}</p>
        <p class="muted small">
          Request id: <code>{requestId}</code>
        </p>
        <p>
          <a class="button" href="/me">
            Go to your security page
          </a>
        </p>
      </div>
    </Layout>,
  );
}

/** A fault's message is meant for whoever asked; it begins in lower case and has no full stop. */
const inItsOwnWords = ({ message }: Fault): Words => ({
  title: 'This was refused',
  what: `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`,
  todo: 'Go back and try again, or ask your administrator and tell the request id below.',
});
