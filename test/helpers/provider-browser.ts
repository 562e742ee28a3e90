/** A browser at a provider of logins. */

/** Keeps its cookies, and signs in as somebody. @returns the callback's path and query */
export async function signInAtProvider(location: URL, sub: string): Promise<string> {
  if (location.pathname.startsWith('/i/')) {
    location.searchParams.set('person', sub);
    const answer = await fetch(location, { redirect: 'manual' });
    return pathOf(answer.headers.get('location') ?? '');
  }
  const cookies = new Map<string, string>();
  let url = location;
  for (let step = 0; step < 8; step += 1) {
    const isForm = url.pathname.startsWith('/interaction/');
    const answer = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(isForm && { method: 'POST', body: new URLSearchParams({ sub }) }),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = set.split(';')[0]?.split('=') ?? [];
      cookies.set(name, value);
    }
    url = new URL(answer.headers.get('location') ?? '', url);
    if (url.pathname.endsWith('/callback')) return pathOf(url.href);
  }
  throw new Error('the provider did not send the browser back');
}

const pathOf = (address: string): string => {
  const { pathname, search } = new URL(address);
  return `${pathname}${search}`;
};
