/** A browser that goes to the SAML identity provider of a scenario and comes back. */
import { inflateRawSync } from 'node:zlib';
import type { PageAnswer, PageClient } from './page-client.ts';
import type { Saying } from './saml-idp.ts';
import { base64, type SamlScenario } from './saml-scenario.ts';

/**
 * @param location - where a login sent the browser
 * @returns the request as XML, and what must come back with the answer
 */
export function readSamlRequest(location: string | null) {
  const query = new URL(location ?? 'about:blank').searchParams;
  const xml = inflateRawSync(Buffer.from(query.get('SAMLRequest') ?? '', 'base64')).toString();
  const [, id = ''] = /\bID="([^"]+)"/.exec(xml) ?? [];
  return { xml, id, relayState: query.get('RelayState') ?? '' };
}

/** The identity provider's form: it says whatever it is told to, in answer to the request. @returns what the ACS answered */
export async function answerSamlRequest(
  saml: SamlScenario,
  client: PageClient,
  location: string | null,
  saying: Saying = {},
): Promise<PageAnswer> {
  const { id, relayState } = readSamlRequest(location);
  const xml = await saml.say({ ...saying, content: { inResponseTo: id, ...saying.content } });
  const fields = { SAMLResponse: base64(xml), RelayState: relayState };
  return client.post(`/saml/${saml.providerId}/acs`, fields, {
    origin: 'https://idp.example.com',
    'sec-fetch-site': 'cross-site',
  });
}

/** Signs in from the beginning, and opens the page where a role is taken. */
export async function signInBySaml(saml: SamlScenario, client: PageClient, saying: Saying = {}) {
  const { location } = await client.get(`/saml/${saml.providerId}/login?next=roles`);
  const answer = await answerSamlRequest(saml, client, location, saying);
  await client.get('/me/roles');
  return answer;
}
