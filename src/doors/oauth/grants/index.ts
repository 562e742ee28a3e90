import { uniqueBy } from '../../../core/unique.ts';
import { clientCredentials } from './client-credentials.ts';
import type { Grant } from './grant.ts';
import { tokenExchange } from './token-exchange.ts';

/** THE LIST of grants. */
export const GRANTS: ReadonlyMap<string, Grant> = uniqueBy<Grant>(
  'grants',
  [tokenExchange, clientCredentials],
  (grant) => grant.type,
);
