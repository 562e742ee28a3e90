/** The authorization code flow as an application and its person go through it. */
import { createHash } from 'node:crypto';
import type { Daypass } from './daypass.ts';
import { postForm } from './oauth-person.ts';
import type { PageAnswer, PageClient } from './page-client.ts';

export const VERIFIER = 'a-verifier-of-more-than-forty-three-characters-here';

export interface Application {
  readonly clientId: string;
  readonly redirectUri: string;
}

type Fields = Readonly<Record<string, string>>;

/** Sends the browser with a request. @param over - parameters besides the usual ones; empty ones are left out */
export function askFor(
  browser: PageClient,
  application: Application,
  over: Fields = {},
): Promise<PageAnswer> {
  const { clientId, redirectUri } = application;
  const usual = {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
    code_challenge_method: 'S256',
    scope: 'openid',
    state: 'state-1',
  };
  const given = Object.entries({ ...usual, ...over }).filter(([, value]) => value !== '');
  return browser.get(`/oauth/authorize?${new URLSearchParams(given).toString()}`);
}

/** What the application is told, from the address that the browser is sent to; empty where it is sent to no application. */
export const toldTo = ({ location }: PageAnswer): Fields =>
  Object.fromEntries(new URL(location ?? 'about:blank', 'http://daypass.invalid').searchParams);

/** The person lets the application in, on the page that asks. @param remember - what the browser sends for its tick */
export async function letIn(
  browser: PageClient,
  application: Application,
  role: string,
  over: Fields = {},
  remember: Fields = {},
): Promise<PageAnswer> {
  const page = await askFor(browser, application, over);
  const request = /name="request" value="([\w-]+)"/.exec(page.text)?.[1] ?? '';
  return browser.post('/oauth/authorize/decide', { request, role, decision: 'allow', ...remember });
}

/** The application fetches its tokens. @param more - its proof, where it has one */
export async function redeemCode(
  daypass: Daypass,
  { clientId, redirectUri }: Application,
  answer: PageAnswer,
  more: Fields = {},
): Promise<Readonly<Record<string, unknown>>> {
  const { status, body } = await postForm(daypass, '/oauth/token', {
    grant_type: 'authorization_code',
    code: toldTo(answer).code ?? '',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_verifier: VERIFIER,
    ...more,
  });
  if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(body)}`);
  return body;
}
