/** A stand-in SAML identity provider on loopback. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { inflateRawSync } from 'node:zlib';
import { parseXml } from '../../../src/core/saml/xml.ts';
import { attributeOf, NS, onlyChild, textOf } from '../../../src/core/saml/xml-query.ts';
import { forwardIpv6, listen } from '../../loopback.ts';
import { readForm } from '../oidc/form.ts';
import { standInMetadata } from './metadata.ts';
import { postPage, signInPage } from './pages.ts';
import { attributesOf } from './people.ts';
import { assertionXml, responseContent, responseXml } from './response.ts';
import { signElement } from './sign.ts';
import type { SamlSigningKey } from './signing-key.ts';

export interface SamlServerOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly key: SamlSigningKey;
}

export interface SamlServer {
  readonly url: string;
  /** Its entity id. */
  readonly entityId: string;
  stop(): Promise<void>;
}

/** @throws Error with code EADDRINUSE when the port is taken */
export async function startSamlServer({ port: wanted, key }: SamlServerOptions): Promise<SamlServer> {
  let url = '';
  const server = createServer((request, response) => {
    serve(url, key, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(400, { 'content-type': 'text/plain' });
      response.end(`${error instanceof Error ? error.message : error}\n`);
    });
  });
  const port = await listen(server, wanted);
  url = `http://localhost:${port}`;
  const stopForwarding = await forwardIpv6(port);
  return {
    url,
    entityId: `${url}/metadata`,
    stop: async () => {
      stopForwarding();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  url: string,
  key: SamlSigningKey,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', url);
  const asked = `${request.method} ${pathname}`;
  const answer = (type: string, text: string): void => {
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(text);
  };
  if (asked === 'GET /metadata') {
    return answer('application/samlmetadata+xml', standInMetadata(`${url}/metadata`, url, [key.certificate]));
  }
  if (asked === 'GET /sso') {
    const login = readRequest(searchParams.get('SAMLRequest') ?? '');
    const RelayState = searchParams.get('RelayState') ?? '';
    return answer('text/html; charset=utf-8', signInPage(login.audience, { ...login, RelayState }));
  }
  if (asked === 'POST /sso') {
    const form = await readForm(request);
    const fields = { SAMLResponse: respond(url, key, form), RelayState: form.get('RelayState') ?? '' };
    return answer('text/html; charset=utf-8', postPage(requireLoopback(form.get('acs') ?? ''), fields));
  }
  if (asked === 'POST /saml-response')
    return answer('text/plain', `${respond(url, key, await readForm(request))}\n`);
  throw new Error('ask GET /metadata, GET /sso or POST /saml-response');
}

/** What a request for a login says; it is believed as it is, for only this machine can be answered. */
function readRequest(encoded: string): { id: string; acs: string; audience: string } {
  const parsed = parseXml(
    inflateRawSync(Buffer.from(encoded, 'base64'), { maxOutputLength: 65_536 }).toString(),
  );
  if (!parsed.ok) throw new Error('the SAMLRequest cannot be read');
  const issuer = onlyChild(parsed.value, NS.assertion, 'Issuer');
  return {
    id: attributeOf(parsed.value, 'ID') ?? '',
    acs: requireLoopback(attributeOf(parsed.value, 'AssertionConsumerServiceURL') ?? ''),
    audience: (issuer === null ? null : textOf(issuer)) ?? '',
  };
}

/** @param form - `sub` and `acs`; also `id` of the request, `audience`, and `role` as often as wanted */
function respond(url: string, key: SamlSigningKey, form: URLSearchParams): string {
  const sub = form.get('sub') ?? '';
  const recipient = requireLoopback(form.get('acs') ?? '');
  const attributes = attributesOf(sub, form.getAll('role'));
  if (attributes === null) throw new Error(`nobody here is called \`${sub}\``);
  const content = responseContent({
    issuer: `${url}/metadata`,
    recipient,
    audience: form.get('audience') ?? recipient.replace(/\/acs$/, '/metadata'),
    issuedAtSeconds: Math.floor(Date.now() / 1000),
    inResponseTo: form.get('id'),
    nameId: sub,
    attributes,
  });
  const signed = signElement(assertionXml(content), content.assertionId, key);
  return Buffer.from(responseXml(content, signed), 'utf8').toString('base64');
}

function requireLoopback(acs: string): string {
  const parsed = URL.parse(acs);
  if (parsed?.protocol === 'http:' && parsed.hostname === 'localhost') return acs;
  throw new Error('`acs` must be on http://localhost');
}
