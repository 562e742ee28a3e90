import { uniqueBy } from '../../../core/unique.ts';
import type { Grant } from './grant.ts';
import { tokenExchange } from './token-exchange.ts';

/** THE LIST of grants. */
export const GRANTS: ReadonlyMap<string, Grant> = uniqueBy<Grant>(
  'grants',
  [tokenExchange],
  (grant) => grant.type,
);
