import type { Daypass } from './daypass.ts';

export interface ExchangeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Asks the token endpoint for an exchange of an ID token; a parameter given as null is left out. */
export async function exchange(
  daypass: Daypass,
  parameters: Readonly<Record<string, string | null>>,
): Promise<ExchangeAnswer> {
  const all: Readonly<Record<string, string | null>> = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    ...parameters,
  };
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(all)) if (value !== null) body.append(name, value);
  const answer = await daypass.fetch('/oauth/token', { method: 'POST', body });
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as ExchangeAnswer['body'],
  };
}
