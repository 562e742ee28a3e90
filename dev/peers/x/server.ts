import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readForm } from '../oidc/form.ts';

/** The client registered with the stand-in. */
export interface XClient {
  readonly id: string;
  readonly secret: string;
}

const people = new Map([
  ['2244994945', { id: '2244994945', username: 'alice_example', name: 'Alice Example' }],
  ['783214', { id: '783214', username: 'bob_example', name: 'Bob Example' }],
]);

interface IssuedCode {
  readonly personId: string;
  readonly redirectUri: string;
  readonly challenge: string;
}

type Answer = readonly [status: number, body: object];

/** @returns a handler of X's three addresses: the question to the person, the token, `users/me` */
export function makeX(client: XClient) {
  const codes = new Map<string, IssuedCode>();
  const tokens = new Map<string, string>();

  /** `person` in the query chooses at once; without it a page asks. */
  const authorize = (url: URL, response: ServerResponse): void => {
    const query = url.searchParams;
    const redirectUri = URL.parse(query.get('redirect_uri') ?? '');
    const challenge = query.get('code_challenge');
    const isFine =
      query.get('client_id') === client.id && query.get('code_challenge_method') === 'S256' && challenge;
    if (redirectUri === null || !isFine) {
      response.writeHead(400, { 'content-type': 'text/plain' }).end('invalid_request\n');
      return;
    }
    const person = query.get('person');
    if (person === null) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
      response.end(page(url));
      return;
    }
    redirectUri.searchParams.set('state', query.get('state') ?? '');
    if (people.has(person)) {
      const code = randomBytes(32).toString('base64url');
      codes.set(code, { personId: person, redirectUri: query.get('redirect_uri') ?? '', challenge });
      redirectUri.searchParams.set('code', code);
    } else redirectUri.searchParams.set('error', 'access_denied');
    response.writeHead(302, { location: redirectUri.href }).end();
  };

  const token = async (request: IncomingMessage): Promise<Answer> => {
    const basic = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`;
    if (request.headers.authorization !== basic) return [401, { error: 'unauthorized_client' }];
    const form = await readForm(request);
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (code?.redirectUri !== form.get('redirect_uri') || code?.challenge !== challenge) {
      return [
        400,
        {
          error: 'invalid_request',
          error_description: 'Value passed for the authorization code was invalid.',
        },
      ];
    }
    const accessToken = randomBytes(32).toString('base64url');
    tokens.set(accessToken, code.personId);
    return [200, { token_type: 'bearer', expires_in: 7200, access_token: accessToken, scope: 'users.read' }];
  };

  const me = (request: IncomingMessage): Answer => {
    const [, accessToken = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    const person = people.get(tokens.get(accessToken) ?? '');
    return person === undefined ? [401, { title: 'Unauthorized' }] : [200, { data: person }];
  };

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'GET' && url.pathname === '/i/oauth2/authorize') return authorize(url, response);
    let answer: Answer = [404, { title: 'Not Found' }];
    if (request.method === 'POST' && url.pathname === '/2/oauth2/token') answer = await token(request);
    if (request.method === 'GET' && url.pathname === '/2/users/me') answer = me(request);
    response.writeHead(answer[0], { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(`${JSON.stringify(answer[1])}\n`);
  };
}

function page(url: URL): string {
  const fields = [...url.searchParams].map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  const buttons = [...people.values()].map(
    ({ id, name, username }) => `<p><button name="person" value="${id}">${name} (@${username})</button></p>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stand-in for X</title>
<main>
<h1>Stand-in for X</h1>
<form method="get" action="/i/oauth2/authorize">${fields.join('')}${buttons.join('')}
<p><button name="person" value="nobody">nobody: cancel</button></p></form>
</main>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
