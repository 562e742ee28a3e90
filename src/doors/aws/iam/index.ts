import { queryApi } from '../query/service.ts';
import {
  getContextKeysForCustomPolicy,
  getContextKeysForPrincipalPolicy,
} from './simulation/context-keys.ts';
import { simulateCustomPolicy } from './simulation/simulate-custom-policy.ts';
import { simulatePrincipalPolicy } from './simulation/simulate-principal-policy.ts';

/** THE LIST of IAM actions. */
export const iam = queryApi({
  service: 'iam',
  version: '2010-05-08',
  namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  eventSource: 'iam.amazonaws.com',
  actions: [
    getContextKeysForCustomPolicy,
    getContextKeysForPrincipalPolicy,
    simulateCustomPolicy,
    simulatePrincipalPolicy,
  ],
});
