/** A single-page app without a server: authorization code with PKCE. What it must remember lives in this tab alone. */
const byId = (id) => document.getElementById(id);
const { broker, clients } = await (await fetch('/config.json')).json();
const redirectUri = `${location.origin}/`;
const base64Url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const random = () => base64Url(crypto.getRandomValues(new Uint8Array(32)));

byId('sign-in').addEventListener('click', async () => {
  const [verifier, state, nonce] = [random(), random(), random()];
  sessionStorage.setItem('sign-in', JSON.stringify({ verifier, state, nonce }));
  const challenge = base64Url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier)));
  const query = new URLSearchParams({
    client_id: clients.app,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  location.assign(`${broker}/oauth/authorize?${query}`);
});
byId('sign-in').disabled = false; // until now a click would have been lost

const brought = new URLSearchParams(location.search);
if (brought.has('state')) await finish();

async function finish() {
  const begun = JSON.parse(sessionStorage.getItem('sign-in') ?? '{}');
  sessionStorage.removeItem('sign-in');
  // The code leaves the address bar before anything else happens.
  history.replaceState(null, '', '/');
  if (brought.get('state') !== begun.state || brought.get('iss') !== broker)
    return say('This answer is not ours.');
  if (brought.has('error')) return say(`Refused: ${brought.get('error')}`);
  const answer = await fetch(`${broker}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: brought.get('code'),
      client_id: clients.app,
      redirect_uri: redirectUri,
      code_verifier: begun.verifier,
    }),
  });
  const tokens = await answer.json();
  if (!answer.ok) return say(`Refused: ${tokens.error}`);
  // It came straight from the broker; a token that came by another way needs its signature checked.
  const claims = JSON.parse(atob(tokens.id_token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')));
  if (claims.nonce !== begun.nonce || claims.aud !== clients.app) return say('This ID token is not ours.');
  say(`Signed in as ${claims.sub}; the access token lasts ${tokens.expires_in} seconds.`);
  byId('result').textContent = JSON.stringify(claims, null, 2);
}

function say(text) {
  byId('state').textContent = text;
}
