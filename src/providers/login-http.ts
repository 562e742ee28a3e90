/** What the login flows share. */
import { toBase64, utf8 } from '../core/bytes.ts';
import { LoginFlowError } from '../core/federation/login-flow.ts';
import { HttpGetError } from '../platform/http.ts';

/** Runs a step; what the provider answered with 4xx is a refusal, everything else may pass. */
export async function pastFlow<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof LoginFlowError) throw error;
    const status = error instanceof HttpGetError ? error.status : null;
    const isRefusal = status !== null && status >= 400 && status < 500 && status !== 429;
    const reason = error instanceof HttpGetError ? `${error.reason} ${status ?? ''}`.trim() : 'error';
    throw new LoginFlowError(isRefusal ? 'refused' : 'unreachable', reason);
  }
}

/** @returns a non-empty text member of an answer, or null */
export function textIn(answer: unknown, name: string): string | null {
  if (typeof answer !== 'object' || answer === null || !Object.hasOwn(answer, name)) return null;
  const value = (answer as Readonly<Record<string, unknown>>)[name]; // an object that has it
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Each part is form-encoded first. @see RFC 6749 section 2.3.1 */
export const basicAuthorization = (clientId: string, clientSecret: string): string =>
  `Basic ${toBase64(utf8([clientId, clientSecret].map(formEncode).join(':')))}`;

const formEncode = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2);
