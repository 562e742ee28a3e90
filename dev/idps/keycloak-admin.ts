/** Keycloak's administration over HTTP, as far as it is needed here. */
export interface Admin {
  get<T>(path: string): Promise<T>;
  /** @returns the id of what was made, or an empty text. @throws Error with Keycloak's answer */
  post(path: string, body: unknown): Promise<string>;
  put(path: string, body: unknown): Promise<void>;
  /** Reads a service's metadata. @returns a client that can be posted */
  convert(
    realm: string,
    metadata: string,
  ): Promise<{ readonly attributes: Readonly<Record<string, string>> }>;
}

export async function signInAsAdmin(url: string, user: string, password: string): Promise<Admin> {
  const form = { grant_type: 'password', client_id: 'admin-cli', username: user, password };
  const token = `${url}/realms/master/protocol/openid-connect/token`;
  const answer = await fetch(token, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token } = (await answer.json()) as { readonly access_token: string };
  const ask = async (path: string, init: RequestInit, type: string): Promise<Response> => {
    const headers = { authorization: `Bearer ${access_token}`, 'content-type': type };
    const answered = await fetch(`${url}/admin/realms${path}`, { ...init, headers });
    if (!answered.ok) throw new Error(`${path}: ${answered.status} ${await answered.text()}`);
    return answered;
  };
  return {
    get: async (path) => (await ask(path, {}, 'application/json')).json(),
    post: async (path, body) => {
      const made = await ask(path, { method: 'POST', body: JSON.stringify(body) }, 'application/json');
      return /[^/]*$/.exec(made.headers.get('location') ?? '')?.[0] ?? '';
    },
    put: async (path, body) => {
      await ask(path, { method: 'PUT', body: JSON.stringify(body) }, 'application/json');
    },
    convert: async (realm, body) =>
      (await ask(`/${realm}/client-description-converter`, { method: 'POST', body }, 'text/plain')).json(),
  };
}
