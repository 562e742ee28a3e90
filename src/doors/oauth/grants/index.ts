import { uniqueBy } from '../../../core/unique.ts';
import { authorizationCode } from './authorization-code.ts';
import { clientCredentials } from './client-credentials.ts';
import { deviceCode } from './device-code.ts';
import type { Grant } from './grant.ts';
import { jwtBearer } from './jwt-bearer.ts';
import { refreshToken } from './refresh-token.ts';
import { tokenExchange } from './token-exchange.ts';

/** THE LIST of grants. */
export const GRANTS: ReadonlyMap<string, Grant> = uniqueBy<Grant>(
  'grants',
  [tokenExchange, jwtBearer, clientCredentials, authorizationCode, deviceCode, refreshToken],
  (grant) => grant.type,
);
