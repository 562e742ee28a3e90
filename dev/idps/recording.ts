import { createPrivateKey } from 'node:crypto';
import { authnRequestXml, redirectUrl } from '../../src/core/saml/authn-request.ts';
import type { Service } from './services.ts';
import { formOf, newWalker, type Page, signIn, type Walker } from './walker.ts';

/** What was sent to one service, and all that is needed to verify it. */
export interface Recording {
  readonly name: string;
  readonly user: string;
  readonly providerId: string;
  /** Of the request that is answered, or null. */
  readonly requestId: string | null;
  readonly recordedAtSeconds: number;
  /** The form's field, base64. */
  readonly response: string;
  /** The query of the logout request that came afterwards; null where none did. */
  readonly logout: string | null;
}

export interface RecordedIdp {
  readonly url: string;
  readonly signOn: string;
  readonly unsolicited: (service: Service) => string;
  /** Where a person leaves. */
  readonly logout: string;
  /** PKCS#8 in PEM: signs the requests. */
  readonly serviceKey: string;
}

/** Signs somebody in to a service and, where that worked, out again. */
export async function record(idp: RecordedIdp, service: Service): Promise<Recording> {
  const { variant, providerId } = service;
  const walker = newWalker(idp.url);
  const requestId = variant.unsolicited === true ? null : `_request-of-${service.name}`;
  const begin =
    requestId === null ? `${idp.url}${idp.unsolicited(service)}` : await askFor(requestId, idp, service);
  const form = await signIn(walker, await walker.get(begin), variant.user);
  return {
    name: variant.name,
    user: variant.user,
    providerId,
    requestId,
    recordedAtSeconds: Math.floor(Date.now() / 1000),
    response: (form.fields.get('SAMLResponse') ?? '').replace(/\s/g, ''),
    logout: variant.passive === true ? null : logoutIn(await leave(walker, `${idp.url}${idp.logout}`)),
  };
}

async function askFor(
  id: string,
  { url, signOn, serviceKey }: RecordedIdp,
  { addresses, variant }: Service,
): Promise<string> {
  const destination = `${url}${signOn}`;
  const xml = authnRequestXml({
    id,
    issuedAtSeconds: Math.floor(Date.now() / 1000),
    destination,
    from: addresses,
  });
  const asked =
    variant.passive === true
      ? xml.replace('<samlp:AuthnRequest ', '<samlp:AuthnRequest IsPassive="true" ')
      : xml;
  return redirectUrl(destination, 'SAMLRequest', asked, 'relay', await signingKey(serviceKey));
}

const signingKey = (pem: string): Promise<CryptoKey> =>
  crypto.subtle.importKey(
    'pkcs8',
    new Uint8Array(createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })),
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    false,
    ['sign'],
  );

/** Keycloak asks whether that is meant. */
async function leave(walker: Walker, url: string): Promise<Page> {
  const page = await walker.get(url);
  const { action, fields } = formOf(page);
  return fields.has('confirmLogout') ? walker.post(action, fields) : page;
}

/** A redirect, or a frame in a page. */
function logoutIn({ leadsTo, text }: Page): string | null {
  const address =
    leadsTo ??
    /<iframe[^>]*\bsrc="([^"]*\/logout\?SAMLRequest=[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
  return address === undefined ? null : new URL(address).search.slice(1);
}
