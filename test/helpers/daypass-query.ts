/** Calls of Daypass's own Query API, which no SDK knows. */
import type { Credentials, Daypass } from './daypass.ts';
import { postSignedForm } from './signed-form.ts';

export interface QueryAnswer {
  readonly status: number;
  /** The XML as it is. */
  readonly text: string;
  /** The error's code; null for a success. */
  readonly code: string | null;
  /** The contents of every element of that name, in order. */
  readonly all: (element: string) => readonly string[];
}

/** @param parameters - by wire name: `Quotas.member.1.Name` */
export async function daypassQuery(
  daypass: Daypass,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
  credentials: Credentials = daypass.bootstrap.admin,
): Promise<QueryAnswer> {
  const form = { Action: action, Version: '2026-11-01', ...parameters };
  const answer = await postSignedForm(daypass, form, { credentials });
  const text = await answer.text();
  const all = (element: string) =>
    Array.from(text.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g')), ([, value = '']) => value);
  return { status: answer.status, text, code: all('Code')[0] ?? null, all };
}
