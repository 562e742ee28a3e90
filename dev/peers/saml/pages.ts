import { escapeXmlText } from '../../../src/core/saml/xml-text.ts';
import { accounts } from '../oidc/accounts.ts';

const page = (title: string, body: string): string =>
  `<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>${title}</title>\n<style>:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}body{overflow-wrap:anywhere}</style>\n<main>\n<h1>${title}</h1>\n${body}\n</main>\n</html>\n`;

const hidden = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeXmlText(value)}">`)
    .join('');

/** One button for each made-up person, no password. */
export function signInPage(service: string, fields: Readonly<Record<string, string>>): string {
  const buttons = accounts.map(
    ({ sub, name }) => `<p><button name="sub" value="${sub}">${escapeXmlText(name)} (${sub})</button></p>`,
  );
  return page(
    'Stand-in sign-in (SAML)',
    `<p>Sign in to <strong>${escapeXmlText(service)}</strong> as</p>\n<form method="post" action="/sso">${hidden(fields)}${buttons.join('\n')}</form>`,
  );
}

/** The form that carries a response to the service; browsers send it by themselves. */
export const postPage = (acs: string, fields: Readonly<Record<string, string>>): string =>
  page(
    'Signing in',
    `<form method="post" action="${escapeXmlText(acs)}">${hidden(fields)}<button>Continue</button></form>\n<script>document.forms[0].submit()</script>`,
  );
