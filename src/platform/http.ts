/** The only place that fetches from outside: bounded in time and size, never redirected, never to an address inside. */
import type { HttpExchange, HttpTell } from '../core/ports.ts';
import { isPublicAddress } from '../core/public-address.ts';

export type HttpGetReason = 'address_refused' | 'no_answer' | 'late' | 'status' | 'too_large' | 'not_json';

/** Why a document could not be had. `address_refused` is final; the others may pass. */
export class HttpGetError extends Error {
  readonly reason: HttpGetReason;
  /** The HTTP status, where that is the reason. */
  readonly status: number | null;

  constructor(reason: HttpGetReason, message: string, status: number | null = null) {
    super(message);
    this.name = 'HttpGetError';
    this.reason = reason;
    this.status = status;
  }
}

const MAX_BYTES = 512 * 1024;

/** @param allowLoopbackHttp - local mode alone: `http://` to the machine itself is admitted */
export function createHttpGet(allowLoopbackHttp: boolean): HttpExchange {
  const exchange = async (url: string, { headers, ...init }: Exchange): Promise<unknown> => {
    const address = requirePublic(url, allowLoopbackHttp);
    try {
      const response = await fetch(address, {
        ...init,
        redirect: 'manual',
        headers: { accept: 'application/json', 'user-agent': 'daypass', ...headers },
      });
      return await readJson(response);
    } catch (error) {
      if (error instanceof HttpGetError) throw error;
      throw new HttpGetError(init.signal.aborted ? 'late' : 'no_answer', String(error).slice(0, 200));
    }
  };
  return {
    getJson: (url, signal, authorization) => exchange(url, { signal, headers: headersOf(authorization) }),
    postForm: (url, form, signal, authorization) =>
      exchange(url, { method: 'POST', body: form, signal, headers: headersOf(authorization) }),
  };
}

/** Posts forms whose answer is its status alone. @param allowLoopbackHttp - as for `createHttpGet` */
export const createHttpTell =
  (allowLoopbackHttp: boolean): HttpTell =>
  async (url, form, signal) => {
    const address = requirePublic(url, allowLoopbackHttp);
    const headers = { 'user-agent': 'daypass' };
    const response = await fetch(address, {
      method: 'POST',
      body: form,
      redirect: 'manual',
      headers,
      signal,
    });
    await response.body?.cancel();
    return response.status;
  };

function requirePublic(url: string, allowLoopbackHttp: boolean): URL {
  const address = URL.parse(url);
  if (address !== null && isPublicAddress(address, allowLoopbackHttp)) return address;
  throw new HttpGetError('address_refused', 'the address may not be asked');
}

interface Exchange {
  readonly method?: 'POST';
  readonly body?: URLSearchParams;
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
}

const headersOf = (authorization: string | undefined): Readonly<Record<string, string>> =>
  authorization === undefined ? {} : { authorization };

async function readJson(response: Response): Promise<unknown> {
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new HttpGetError('status', `answered ${response.status}`, response.status);
  }
  const text = await readCapped(response);
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpGetError('not_json', 'the answer is no JSON');
  }
}

async function readCapped(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new HttpGetError('too_large', 'the answer is too large');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
