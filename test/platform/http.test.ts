import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isPublicAddress } from '../../src/core/public-address.ts';
import { createHttpGet } from '../../src/platform/http.ts';

const isPublic = (text: string, local = false): boolean => {
  const url = URL.parse(text);
  return url !== null && isPublicAddress(url, local);
};

describe('an address outside', () => {
  test.for([
    'https://accounts.google.com',
    'https://accounts.google.com/.well-known/openid-configuration',
    'https://accounts.google.com:8443/keys',
    'https://accounts.google.com./keys',
    'https://xn--bcher-kva.example.com',
    'https://bücher.example.com',
    'https://10.example.com',
    'https://internal.example.com',
    'https://1.2.3.4.example.com',
  ])('%s may be asked', (text) => {
    expect(isPublic(text)).toBe(true);
  });
});

const REFUSED_ALWAYS = [
  // not https
  'http://accounts.google.com',
  'ftp://accounts.google.com',
  'file:///etc/passwd',
  'data:application/json,{}',
  'blob:https://accounts.google.com/x',
  // user information
  'https://user@accounts.google.com',
  'https://user:password@accounts.google.com',
  'https://:password@accounts.google.com',
  'https://accounts.google.com@10.0.0.1',
  // IPv4, in each spelling that URLs allow
  'https://10.0.0.1',
  'https://192.168.1.1',
  'https://172.16.0.1',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1',
  'https://8.8.8.8',
  'https://127.0.0.2',
  'https://127.1.2.3',
  'https://0.0.0.0',
  'https://0',
  'https://167772161',
  'https://0xa000001',
  'https://0x0a.0x00.0x00.0x01',
  'https://012.0.0.1',
  'https://10.1',
  'https://10.0.0.1.',
  'https://２５５.０.０.1',
  'https://255.255.255.255',
  // IPv6
  'https://[::]',
  'https://[::2]',
  'https://[fe80::1]',
  'https://[fc00::1]',
  'https://[2001:db8::1]',
  'https://[2606:4700::1111]',
  'https://[::ffff:10.0.0.1]',
  'https://[::ffff:7f00:1]',
  'https://[0:0:0:0:0:ffff:127.0.0.1]',
  'https://[64:ff9b::10.0.0.1]',
  // names of one label, and names of neighbours
  'https://intranet',
  'https://broker',
  'https://metadata',
  'https://metadata.google.internal',
  'https://metadata.google.internal.',
  'https://metadata.google.internal..',
  'https://METADATA.GOOGLE.INTERNAL',
  'https://a.localhost',
  'https://localhost.',
  'https://printer.local',
  'https://printer.local.',
  'https://nas.lan',
  'https://nas.home',
  'https://wiki.corp',
  'https://wiki.intranet',
  'https://1.0.0.10.in-addr.arpa',
  'https://router.home.arpa',
];

describe('an address that may not be asked', () => {
  test.for(REFUSED_ALWAYS)('%s, in production and in local mode', (text) => {
    expect(isPublic(text)).toBe(false);
    expect(isPublic(text, true)).toBe(false);
  });

  test.for([
    'http://localhost:9000',
    'http://LOCALHOST:9000',
    'http://127.0.0.1:9000',
    'http://2130706433:9000',
    'http://0x7f.1:9000',
    'http://[::1]:9000',
    'http://[0:0:0:0:0:0:0:1]:9000',
    'https://localhost',
    'https://127.0.0.1',
    'https://[::1]',
  ])('%s: the machine itself, in local mode alone', (text) => {
    expect(isPublic(text)).toBe(false);
    expect(isPublic(text, true)).toBe(true);
  });
});

describe('fetching', () => {
  const URL_TEXT = 'https://accounts.example.com/keys';
  let answer: () => Response | Promise<Response>;
  let asked: [string, RequestInit | undefined][];

  beforeEach(() => {
    asked = [];
    answer = () => Response.json({ ok: true });
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      asked.push([String(input), init]);
      return answer();
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const get = (url = URL_TEXT, signal = new AbortController().signal) =>
    createHttpGet(false).getJson(url, signal);

  test('gives the JSON, asked for without following redirects', async () => {
    expect(await get()).toEqual({ ok: true });
    expect(asked).toMatchObject([
      [URL_TEXT, { redirect: 'manual', headers: { accept: 'application/json' } }],
    ]);
  });

  test.for(['http://accounts.example.com', 'https://10.0.0.1', 'not a URL', '', '//accounts.example.com'])(
    'never asks %s',
    async (url) => {
      await expect(get(url)).rejects.toMatchObject({ name: 'HttpGetError', reason: 'address_refused' });
      expect(asked).toEqual([]);
    },
  );

  test.for([201, 204, 301, 302, 307, 400, 404, 500, 503])('status %i is a failure', async (status) => {
    answer = () => new Response(null, { status, headers: { location: 'https://elsewhere.example.com' } });
    await expect(get()).rejects.toMatchObject({ reason: 'status', message: `answered ${status}` });
    expect(asked).toHaveLength(1);
  });

  test.for(['', '<html></html>', '{', '{"a":1}x'])('the body %j is no JSON', async (body) => {
    answer = () => new Response(body);
    await expect(get()).rejects.toMatchObject({ reason: 'not_json' });
  });

  test('half a megabyte is read, a byte more is not', async () => {
    const limit = 512 * 1024;
    answer = () => new Response(`"${'x'.repeat(limit - 2)}"`);
    expect(await get()).toHaveLength(limit - 2);
    answer = () => new Response(`"${'x'.repeat(limit - 1)}"`);
    await expect(get()).rejects.toMatchObject({ reason: 'too_large' });
  });

  test('an endless body is given up and let go', async () => {
    let chunks = 0;
    let cancelled = false;
    answer = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            chunks += 1;
            controller.enqueue(new Uint8Array(64 * 1024));
          },
          cancel() {
            cancelled = true;
          },
        }),
      );
    await expect(get()).rejects.toMatchObject({ reason: 'too_large' });
    expect(cancelled).toBe(true);
    expect(chunks).toBeLessThan(12);
  });

  test('characters cut by the network come out whole', async () => {
    const bytes = new TextEncoder().encode('"é€😀"');
    answer = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
            controller.close();
          },
        }),
      );
    expect(await get()).toBe('é€😀');
  });

  test('a connection that breaks is no_answer', async () => {
    answer = () => {
      throw new TypeError('network lost');
    };
    await expect(get()).rejects.toMatchObject({ reason: 'no_answer' });
  });

  test('an answer past the deadline is late', async () => {
    const controller = new AbortController();
    answer = () => {
      controller.abort();
      throw new DOMException('aborted', 'AbortError');
    };
    await expect(get(URL_TEXT, controller.signal)).rejects.toMatchObject({ reason: 'late' });
    expect(asked[0]?.[1]?.signal).toBe(controller.signal);
  });
});
