/** What every page may use: copy buttons, and forms that are sent once. Pages work without it. */

const COPIED_MILLISECONDS = 2000;

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', () => void copy(button));
}

/** Copies the text of the element that the button names, and says so on the button. */
async function copy(button: HTMLButtonElement): Promise<void> {
  const source = document.getElementById(button.dataset.copy ?? '');
  if (source === null) return;
  await navigator.clipboard.writeText(source.dataset.copyText ?? source.textContent.trim());
  const label = button.textContent;
  button.textContent = 'Copied';
  setTimeout(() => {
    button.textContent = label;
  }, COPIED_MILLISECONDS);
}

for (const form of document.querySelectorAll('form')) {
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent === 'yes') event.preventDefault();
    form.dataset.sent = 'yes';
  });
}
/** An answer on its way to an application: the button is for browsers without scripts. */
document.querySelector<HTMLFormElement>('form[data-send-now]')?.requestSubmit();
// A page that comes back from the browser's memory may send its forms again.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form')) delete form.dataset.sent;
});
