import { sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import { managedPolicies } from '../core/policy/managed/index.ts';
import { required } from './batch.ts';
import type { Database, Query } from './database.ts';

/**
 * Guards (`found`) that a managed policy exists at the moment of the write, AWS's own or the account's.
 * @returns nothing to run where the policy is AWS's
 */
export const policyExists = (db: Database, accountId: string, arn: string | null): readonly Query[] =>
  arn === null || managedPolicies.has(arn)
    ? []
    : [
        required(
          db,
          'found',
          sql`(select count(*) from policies where account_id = ${accountId} and arn = ${arn})`,
        ),
      ];

/** The refusal of a policy that is not there. */
export const notAttachable = (arn: string): Fault =>
  new Fault('no_such_entity', `Policy ${arn} does not exist or is not attachable.`);
