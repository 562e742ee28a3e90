/** The way of an application through a browser that is signed in, to its tokens. */
import { createHash } from 'node:crypto';
import type { Daypass } from './daypass.ts';
import { postForm } from './oauth-clients.ts';
import type { PageClient } from './page-client.ts';

export const REDIRECT = 'https://app.example/cb';
const VERIFIER = 'a-verifier-of-more-than-forty-three-characters-here';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

export interface LetIn {
  readonly clientId: string;
  readonly role: string;
  readonly scope: string;
  /** Parameters of the authorization request beside the usual ones. */
  readonly more?: Readonly<Record<string, string>>;
  /** Of the token request: a secret, a proof. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The person lets a client in. @returns the code */
export async function codeOf(
  browser: PageClient,
  { clientId, role, scope, more = {} }: LetIn,
): Promise<string> {
  const query = {
    ...{ client_id: clientId, response_type: 'code', redirect_uri: REDIRECT, scope },
    ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256' },
    ...more,
  };
  const page = await browser.get(`/oauth/authorize?${new URLSearchParams(query).toString()}`);
  const request = /name="request" value="([\w-]+)"/.exec(page.text)?.[1] ?? '';
  const answer = await browser.post('/oauth/authorize/decide', { request, role, decision: 'allow' });
  const code = new URL(answer.location ?? REDIRECT, REDIRECT).searchParams.get('code');
  if (code === null) throw new Error(`no code came: ${page.status} ${answer.status} ${answer.location}`);
  return code;
}

/** The person lets a client in, and it fetches its tokens. @returns the whole answer */
export async function tokensOf(daypass: Daypass, browser: PageClient, wish: LetIn) {
  const code = await codeOf(browser, wish);
  const fields = {
    ...{ grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: VERIFIER },
    ...(wish.headers?.authorization === undefined && { client_id: wish.clientId }),
  };
  return postForm(daypass, '/oauth/token', fields, wish.headers);
}

/** Whether a token may do something on a report, as a resource server asks. */
export async function mayDo(daypass: Daypass, token: unknown, action: string): Promise<unknown> {
  const body = JSON.stringify({
    subject: { type: 'access_token', id: token },
    action: { name: action },
    resource: { type: 'arn', id: 'arn:aws:s3:::reports/a' },
  });
  const headers = { 'content-type': 'application/json' };
  const answer = await daypass.fetch('/access/v1/evaluation', { method: 'POST', body, headers });
  return Object(await answer.json()).decision;
}
