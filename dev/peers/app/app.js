/**
 * A single-page app without a server: authorization code with PKCE, tokens bound to a key of this browser, and a refresh token, so that
 * its person stays signed in when the page is loaded again.
 */
import { base64Url, fetchWithProof, sha256, thumbprint } from '/dpop.js';
import { forget, keep, recall } from '/kept.js';

const byId = (id) => document.getElementById(id);
const { broker, clients } = await (await fetch('/config.json')).json();
const server = await (await fetch(`${broker}/.well-known/openid-configuration`)).json();
const client_id = clients.app;
const redirect_uri = `${location.origin}/`;
const random = () => base64Url(crypto.getRandomValues(new Uint8Array(32)));
const say = (text) => {
  byId('state').textContent = text;
};

byId('sign-in').addEventListener('click', async () => {
  const begun = { verifier: random(), state: random(), nonce: random() };
  sessionStorage.setItem('sign-in', JSON.stringify(begun));
  const query = new URLSearchParams({
    client_id,
    redirect_uri,
    response_type: 'code',
    scope: 'openid offline_access',
    code_challenge: await sha256(begun.verifier),
    code_challenge_method: 'S256',
    dpop_jkt: await thumbprint(),
    state: begun.state,
    nonce: begun.nonce,
  });
  location.assign(`${server.authorization_endpoint}?${query}`);
});
byId('refresh').addEventListener('click', () => refresh());
byId('sign-out').addEventListener('click', () => signOut());
byId('sign-in').disabled = false; // until now a click would have been lost

const brought = new URLSearchParams(location.search);
if (brought.has('iss')) await finish();
else if ((await recall('session')) !== undefined) await refresh();

async function finish() {
  const begun = JSON.parse(sessionStorage.getItem('sign-in') ?? '{}');
  sessionStorage.removeItem('sign-in');
  // The code leaves the address bar before anything else happens.
  history.replaceState(null, '', '/');
  if (brought.get('state') !== begun.state || brought.get('iss') !== server.issuer)
    return say('This answer is not ours.');
  if (brought.has('error')) return say(`Refused: ${brought.get('error')}`);
  const { tokens, error } = await askTokens({
    grant_type: 'authorization_code',
    code: brought.get('code'),
    redirect_uri,
    code_verifier: begun.verifier,
  });
  if (error !== undefined) return say(`Refused: ${error}`);
  const claims = claimsOf(tokens.id_token);
  if (claims.nonce !== begun.nonce || claims.aud !== client_id) return say('This ID token is not ours.');
  await keep('session', { refreshToken: tokens.refresh_token, idToken: tokens.id_token });
  await show('Signed in', claims, tokens);
}

/** A refresh token works once: of several tabs one refreshes, and the others wait for what it was given. */
async function refresh() {
  await navigator.locks.request('refresh', async () => {
    const { refreshToken, idToken } = (await recall('session')) ?? {};
    if (refreshToken === undefined) return leave('Nobody is signed in.');
    const { tokens, error } = await askTokens({ grant_type: 'refresh_token', refresh_token: refreshToken });
    if (error !== undefined) return leave(`Refused: ${error}`);
    const claims = claimsOf(tokens.id_token);
    if (claims.sub !== claimsOf(idToken).sub) return leave('This ID token is somebody else’s.');
    await keep('session', { refreshToken: tokens.refresh_token, idToken: tokens.id_token });
    await show('Refreshed', claims, tokens);
  });
}

/** Gives the tokens back, then signs out of Daypass as well. */
async function signOut() {
  const { refreshToken, idToken } = (await recall('session')) ?? {};
  await leave('Signing out…');
  if (refreshToken === undefined) return;
  const body = new URLSearchParams({ client_id, token: refreshToken });
  await fetch(server.revocation_endpoint, { method: 'POST', body });
  const query = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: redirect_uri });
  location.assign(`${server.end_session_endpoint}?${query}`);
}

async function askTokens(fields) {
  const body = new URLSearchParams({ client_id, ...fields });
  const answer = await fetchWithProof('POST', server.token_endpoint, { body });
  const tokens = await answer.json();
  return answer.ok ? { tokens } : { error: tokens.error };
}

/** It came straight from the broker; a token that came by another way needs its signature checked. */
function claimsOf(token) {
  const [, body] = token.split('.');
  return JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/')));
}

/** With the access token in hand the app asks an API: here the broker's own. */
async function show(what, claims, tokens) {
  const accessToken = tokens.access_token;
  const answer = await fetchWithProof('GET', server.userinfo_endpoint, { accessToken });
  const { sub } = await answer.json();
  if (sub !== claims.sub) return say('The API refused the access token.');
  say(
    `${what} as ${sub}; the access token lasts ${tokens.expires_in} seconds, for this browser’s key alone.`,
  );
  byId('result').textContent = JSON.stringify(claims, null, 2);
  showButtons(true);
}

async function leave(text) {
  await forget('session');
  byId('result').textContent = '';
  showButtons(false);
  say(text);
}

function showButtons(signedIn) {
  byId('refresh').hidden = !signedIn;
  byId('sign-out').hidden = !signedIn;
}
