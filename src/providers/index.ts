import type { ProviderKind, ProviderKinds } from '../core/federation/provider-kind.ts';
import { uniqueBy } from '../core/unique.ts';
import { facebook } from './facebook.ts';
import { google } from './google.ts';
import { x } from './x.ts';

/** THE LIST of built-in providers. Every other one is an issuer that the account describes by its URL. */
const KINDS: readonly ProviderKind[] = [google, facebook, x];

const BY_URL = uniqueBy<ProviderKind>('built-in providers', KINDS, (kind) => kind.url);
const BY_ISSUER: ReadonlyMap<string, ProviderKind> = uniqueEntries();

function uniqueEntries(): ReadonlyMap<string, ProviderKind> {
  const entries = KINDS.flatMap((kind) => Array.from(kind.issuers.keys(), (issuer) => ({ issuer, kind })));
  const unique = uniqueBy('issuers', entries, (entry) => entry.issuer);
  return new Map(Array.from(unique, ([issuer, { kind }]) => [issuer, kind]));
}

/** The built-in kinds, as the use-cases ask for them. */
export const providerKinds: ProviderKinds = {
  ofIssuer: (issuer) => BY_ISSUER.get(issuer) ?? null,
  ofUrl: (url) => BY_URL.get(url) ?? null,
};
