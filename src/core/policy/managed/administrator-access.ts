import { managedPolicy } from './managed-policy.ts';

/** Everything. */
export const administratorAccess = managedPolicy(
  'AdministratorAccess',
  'Provides full access to all services and resources.',
  [{ Effect: 'Allow', Action: '*', Resource: '*' }],
);
