/** An identity provider of the tests: it says whatever it is told to, signed with keys of its own. */
import { standInMetadata } from '../../dev/peers/saml/metadata.ts';
import {
  assertionXml,
  type ResponseContent,
  responseContent,
  responseXml,
} from '../../dev/peers/saml/response.ts';
import { type SignatureOptions, signElement } from '../../dev/peers/saml/sign.ts';
import { makeSamlKey, type SamlSigningKey } from '../../dev/peers/saml/signing-key.ts';

export const IDP_ENTITY_ID = 'https://idp.example.com/metadata';

/** Where a response is signed. */
export type Signed = 'assertion' | 'response' | 'both' | 'nothing';

export interface Saying {
  readonly content?: Partial<ResponseContent>;
  readonly signed?: Signed;
  readonly key?: SamlSigningKey;
  readonly signature?: SignatureOptions;
  /** Changes the assertion before it is signed. */
  readonly editAssertion?: (xml: string) => string;
  /** Changes the response before it is signed; the assertion in it may be signed already. */
  readonly editResponse?: (xml: string) => string;
  /** Puts the assertion, signed or not, into what stands in the response. */
  readonly wrap?: (assertion: string) => Promise<string>;
}

export interface TestSamlIdp {
  readonly key: SamlSigningKey;
  readonly metadata: string;
  /** @returns the XML of a response to a provider's addresses */
  say(to: SamlTarget, saying?: Saying): Promise<string>;
}

/** Whom a response is for, and when it is written. */
export interface SamlTarget {
  readonly entityId: string;
  readonly assertionConsumerUrl: string;
  readonly nowSeconds: number;
}

export async function makeSamlIdp(entityId = IDP_ENTITY_ID): Promise<TestSamlIdp> {
  const key = await makeSamlKey(Math.floor(Date.now() / 1000));
  return {
    key,
    metadata: standInMetadata(entityId, 'https://idp.example.com', [key.certificate]),
    say: (to, saying) => say(entityId, key, to, saying ?? {}),
  };
}

async function say(issuer: string, ownKey: SamlSigningKey, to: SamlTarget, saying: Saying): Promise<string> {
  const { signed = 'assertion', key = ownKey, signature = {} } = saying;
  const content = responseContent({
    issuer,
    recipient: to.assertionConsumerUrl,
    audience: to.entityId,
    issuedAtSeconds: to.nowSeconds,
    ...saying.content,
  });
  const plain = (saying.editAssertion ?? same)(assertionXml(content));
  const assertion =
    signed === 'assertion' || signed === 'both'
      ? signElement(plain, content.assertionId, key, signature)
      : plain;
  const inner = saying.wrap === undefined ? assertion : await saying.wrap(assertion);
  const response = (saying.editResponse ?? same)(responseXml(content, inner));
  return signed === 'response' || signed === 'both'
    ? signElement(response, content.responseId, key, signature)
    : response;
}

const same = (xml: string): string => xml;
