import { parseNextStep, pathOf } from '../../core/sign-in/next-step.ts';
import type { DoorRequest } from '../http/door.ts';
import { Layout } from '../http/page/layout.tsx';
import { pageAnswer, seeOther } from '../http/page/page-answer.ts';

/**
 * The page between a sign-in and an authorization request. It begins a navigation of its own: browsers hold the redirects that
 * follow a form to the page's `form-action`, which names us alone.
 */
export async function continuePage(door: DoorRequest): Promise<Response> {
  const next = parseNextStep(`oauth:${door.url.searchParams.get('request') ?? ''}`);
  if (next === null) return seeOther(door, '/me');
  const path = pathOf(next);
  return pageAnswer(
    door,
    200,
    <Layout frame={door.deps.settings} title="You are signed in" goOnTo={path}>
      <div class="card">
        <p>Going back to the application…</p>
        <p>
          <a class="button primary block" href={path}>
            Continue
          </a>
        </p>
      </div>
    </Layout>,
  );
}
