/**
 * Passkey ceremonies: a form with `data-passkey` asks the server for options, the browser for an answer, and sends the answer as
 * its field `response`. Every check is the server's.
 */
import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser';

/** The hidden field that carries the browser's answer. */
const ANSWER_FIELD = 'response';

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
  if (browserSupportsWebAuthn()) prepare(form);
  else say(form, 'This browser cannot use passkeys. Use another way, or another browser.');
}

function prepare(form: HTMLFormElement): void {
  for (const button of form.querySelectorAll<HTMLButtonElement>('button')) button.disabled = false;
  form.addEventListener('submit', (event) => {
    if (answerField(form).value !== '') return;
    event.preventDefault();
    run(form).catch((error: unknown) => {
      delete form.dataset.sent;
      say(form, explain(error));
    });
  });
}

async function run(form: HTMLFormElement): Promise<void> {
  say(form, '');
  const options = await askOptions(form);
  const answer =
    form.dataset.passkey === 'register'
      ? await startRegistration({ optionsJSON: options })
      : await startAuthentication({ optionsJSON: options });
  answerField(form).value = JSON.stringify(answer);
  form.submit();
}

/** The server answers either options or a sentence that says why not. */
async function askOptions(form: HTMLFormElement) {
  const answer = await fetch(form.dataset.options ?? '', {
    method: 'POST',
    body: new URLSearchParams(fieldsOf(form)),
  });
  const body = await answer.json();
  if (answer.ok) return body;
  throw new Refusal(typeof body.message === 'string' ? body.message : 'The request was refused.');
}

const fieldsOf = (form: HTMLFormElement): [string, string][] =>
  [...new FormData(form)].flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && name !== ANSWER_FIELD ? [[name, value]] : [],
  );

function answerField(form: HTMLFormElement): HTMLInputElement {
  const field = form.elements.namedItem(ANSWER_FIELD);
  if (field instanceof HTMLInputElement) return field;
  throw new Refusal('This page is broken. Load it again.');
}

/** A sentence of the server's, or of this page's. */
class Refusal extends Error {}

function explain(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') {
    return 'This passkey or security key is registered already.';
  }
  if (error instanceof Error && error.name === 'NotAllowedError') {
    return 'Nothing was used: the request was cancelled, timed out, or no fitting passkey is at hand. Try again, or use another way.';
  }
  return 'The passkey could not be used. Try again, or use another way.';
}

function say(form: HTMLFormElement, text: string): void {
  const place = form.querySelector<HTMLElement>('[data-passkey-message]');
  if (place === null) return;
  place.textContent = text;
  place.hidden = text === '';
}
