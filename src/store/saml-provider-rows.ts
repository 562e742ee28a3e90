import { samlProviderArn } from '../core/arn.ts';
import type { SamlProviderRecord } from '../core/repositories/saml-providers.ts';
import type { SamlProviderMetadata } from '../core/saml/provider.ts';
import type { samlProviders } from './schema/saml.ts';

export type SamlProviderRow = typeof samlProviders.$inferSelect;

/** The columns that metadata fills. */
export const metadataColumns = ({
  entityId,
  certificates,
  signOnEndpoints,
  logoutEndpoints,
  wantsSignedRequests,
  validUntilSeconds,
}: SamlProviderMetadata) => ({
  entityId,
  certificates,
  signOnEndpoints,
  logoutEndpoints,
  wantsSignedRequests,
  validUntilSeconds,
});

/** A row as it is shown and decided upon. */
export const recordOfRow = ({
  nameKey: _nameKey,
  revision: _revision,
  ...row
}: SamlProviderRow): SamlProviderRecord => ({ ...row, arn: samlProviderArn(row.accountId, row.name) });
