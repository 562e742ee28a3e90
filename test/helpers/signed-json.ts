import { signedFetch } from '../../dev/demo/signed-fetch.ts';
import type { Credentials, Daypass } from './daypass.ts';

/** POSTs JSON to a door of the broker, signed as `credentials` (default: the bootstrap administrator). */
export async function postSigned(
  daypass: Daypass,
  path: string,
  body: unknown,
  credentials: Credentials = daypass.bootstrap.admin,
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const now = new Date(daypass.nowSeconds() * 1000);
  const answer = await signedFetch(`${daypass.url}${path}`, JSON.stringify(body), credentials, 'POST', now);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }; // each test checks its shape
}
