/** Somebody who walks through the pages of an identity provider: follows redirects, keeps cookies, fills the sign-in form. */
import { directory } from './party.ts';

export interface Walker {
  /** @returns the answer at the end of all redirects */
  get(url: string): Promise<Page>;
  post(url: string, fields: URLSearchParams): Promise<Page>;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  /** The address that it leads to without following: outside the identity provider. */
  readonly leadsTo: string | null;
}

const MAX_STEPS = 15;

/** @param home - redirects that leave this origin are not followed */
export function newWalker(home: string): Walker {
  const cookies = new Map<string, string>();
  const walk = async (first: string, init: RequestInit): Promise<Page> => {
    let [url, next] = [first, init];
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(url, { ...next, redirect: 'manual', headers: { cookie } });
      for (const set of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(set) ?? [];
        cookies.set(name, value);
      }
      const location = answer.headers.get('location');
      const to = location === null ? null : new URL(location, url).href;
      if (to === null || !to.startsWith(`${home}/`)) {
        return { url, status: answer.status, text: await answer.text(), leadsTo: to };
      }
      [url, next] = [to, {}];
    }
    throw new Error(`${first} leads around in circles`);
  };
  return { get: (url) => walk(url, {}), post: (url, body) => walk(url, { method: 'POST', body }) };
}

export interface Form {
  readonly action: string;
  readonly fields: URLSearchParams;
}

/** @returns the form of a page that has one */
export function formOf({ text, url }: Page): Form {
  const fields = new URLSearchParams();
  for (const [input] of text.matchAll(/<input\b[^>]*>/g)) {
    const name = attributeIn(input, 'name');
    if (name !== '') fields.set(name, attributeIn(input, 'value'));
  }
  const action = attributeIn(/<form\b[^>]*>/.exec(text)?.[0] ?? '', 'action');
  return { action: new URL(action, url).href, fields };
}

const attributeIn = (tag: string, name: string): string =>
  withoutEntities(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
]);

const withoutEntities = (text: string): string =>
  text.replace(/&(?:#([0-9]+)|#x([0-9A-Fa-f]+)|([a-z]+));/g, (all, decimal, hexadecimal, named) =>
    named !== undefined
      ? (ENTITIES.get(named) ?? all)
      : String.fromCodePoint(decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal)),
  );

/** Signs in where the page asks for it. @returns the form that carries the response. @throws Error where none comes */
export async function signIn(walker: Walker, first: Page, user: string): Promise<Form> {
  return formOf(await signInAs(walker, first, user, (page) => formOf(page).fields.has('SAMLResponse')));
}

/** Fills in one form after the other. @returns the page that is wanted. @throws Error where it does not come */
export async function signInAs(
  walker: Walker,
  first: Page,
  user: string,
  isWanted: (page: Page) => boolean,
): Promise<Page> {
  let page = first;
  for (let step = 0; step < 4; step += 1) {
    if (isWanted(page)) return page;
    const form = formOf(page);
    for (const name of ['username', 'user']) if (form.fields.has(name)) form.fields.set(name, user);
    if (form.fields.has('password')) form.fields.set('password', directory.password);
    page = await walker.post(form.action, form.fields);
  }
  throw new Error(`no response came from ${first.url}`);
}
