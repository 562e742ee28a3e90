/** A device without a keyboard: it shows a code and a QR code, and asks until its person has decided. */
import { renderSVG } from '/uqr.js';

const byId = (id) => document.getElementById(id);
const { broker, clients } = await (await fetch('/config.json')).json();
const post = async (path, fields) => {
  const answer = await fetch(`${broker}${path}`, { method: 'POST', body: new URLSearchParams(fields) });
  return answer.json();
};

const asked = await post('/oauth/device_authorization', { client_id: clients.tv });
byId('state').textContent = `On another device, open ${asked.verification_uri} and enter:`;
byId('code').textContent = asked.user_code;
byId('qr').innerHTML = renderSVG(asked.verification_uri_complete);

let seconds = asked.interval;
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const answer = await post('/oauth/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: asked.device_code,
    client_id: clients.tv,
  });
  if (answer.error === 'slow_down') seconds += 5;
  else if (answer.error !== 'authorization_pending') {
    byId('code').textContent = '';
    byId('qr').textContent = '';
    byId('state').textContent =
      answer.error === undefined ? `Connected for ${answer.expires_in} seconds.` : `Refused: ${answer.error}`;
    break;
  }
}
