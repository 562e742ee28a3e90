import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { accounts, findClaims } from './accounts.ts';
import { readForm } from './form.ts';

/** The sign-in page: one button per made-up person, no password. */
export async function serveSignIn(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params, prompt } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(renderPage(String(params.client_id)));
    return;
  }
  const sub = (await readForm(request)).get('sub') ?? '';
  const result =
    findClaims(sub) === null
      ? { error: 'access_denied', error_description: 'nobody signed in' }
      : { login: { accountId: sub, amr: ['pwd'], remember: false }, ...chosen(prompt.name) };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** Says that the person has chosen an account, where that was asked for. */
const chosen = (prompt: string): object => (prompt === 'select_account' ? { select_account: {} } : {});

function renderPage(clientId: string): string {
  const buttons = accounts.map(
    ({ sub, name }) => `<p><button name="sub" value="${sub}">${name} (${sub})</button></p>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Stand-in sign-in</title>
<main>
<h1>Stand-in sign-in</h1>
<p>Sign in to <strong>${escapeHtml(clientId)}</strong> as</p>
<form method="post">${buttons.join('\n')}
<p><button name="sub" value="">nobody: cancel</button></p></form>
</main>
</html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
