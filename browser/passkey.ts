/**
 * Passkey ceremonies: a form with `data-passkey` asks the server for options, the browser for an answer, and sends the answer as
 * its field `response`. Every check is the server's.
 */
import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser';

/** The hidden field that carries the browser's answer. */
const ANSWER_FIELD = 'response';
/** A challenge lives for five minutes; one that is offered beside a field is renewed before. */
const RENEWAL_MILLISECONDS = 240_000;

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
  if (browserSupportsWebAuthn()) prepare(form);
  else say(form, 'This browser cannot use passkeys. Use another way, or another browser.');
}

function prepare(form: HTMLFormElement): void {
  if ('autofill' in form.dataset) keepOffering(form);
  for (const button of form.querySelectorAll<HTMLButtonElement>('button')) button.disabled = false;
  form.addEventListener('submit', (event) => {
    if (answerField(form).value !== '') return;
    event.preventDefault();
    form.dataset.asked = '';
    run(form).catch((error: unknown) => {
      delete form.dataset.sent;
      delete form.dataset.asked;
      if ('autofill' in form.dataset) offerInField(form);
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
  send(form, answer);
}

function send(form: HTMLFormElement, answer: object): void {
  answerField(form).value = JSON.stringify(answer);
  form.submit();
}

/** The browser offers passkeys beside the user name, as it offers passwords; whoever takes one signs in with it alone. */
function keepOffering(form: HTMLFormElement): void {
  offerInField(form);
  // not while the person is asked by the button: a new offer would take that question back
  setInterval(() => 'asked' in form.dataset || offerInField(form), RENEWAL_MILLISECONDS);
}

/** Says nothing where it comes to nothing: the button and the password are there. */
function offerInField(form: HTMLFormElement): void {
  const offer = async (): Promise<void> => {
    if (!(await browserSupportsWebAuthnAutofill())) return;
    const optionsJSON = await askOptions(form);
    send(form, await startAuthentication({ optionsJSON, useBrowserAutofill: true }));
  };
  offer().catch(() => {});
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
