/** A browser without scripts: keeps cookies, sends forms as its pages have them. */
import type { Daypass } from './daypass.ts';

export interface PageAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly text: string;
}

export class PageClient {
  readonly #daypass: Daypass;
  readonly cookies = new Map<string, string>();
  csrf = '';

  constructor(daypass: Daypass) {
    this.#daypass = daypass;
  }

  get(path: string): Promise<PageAnswer> {
    return this.#send(path, {});
  }

  /** Sends a form as the page seen last has it. @param headers - in place of a browser's own */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = { 'sec-fetch-site': 'same-origin' },
  ): Promise<PageAnswer> {
    const body = new URLSearchParams({ csrf: this.csrf, ...fields });
    return this.#send(path, { method: 'POST', body, headers: { ...headers } });
  }

  async #send(path: string, init: RequestInit): Promise<PageAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { 'user-agent': 'page-client', ...(cookie !== '' && { cookie }), ...init.headers };
    const answer = await this.#daypass.fetch(path, { ...init, headers });
    for (const set of answer.headers.getSetCookie()) this.#keep(set);
    const text = await answer.text();
    this.csrf = /name="csrf" value="([\w-]+)"/.exec(text)?.[1] ?? this.csrf;
    return { status: answer.status, location: answer.headers.get('location'), headers: answer.headers, text };
  }

  #keep(set: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    if (value === '') this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
