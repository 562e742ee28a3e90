import { Fault } from '../../../core/faults.ts';
import { MAX_RULES_CHARACTERS, parseMappingRules } from '../../../core/mapping/parse-rules.ts';
import { describeFault } from '../../../core/policy/fault.ts';
import { requireMappedProvider } from '../../../usecases/mapped-provider.ts';
import { action } from '../query/action.ts';
import { arn } from '../query/fields.ts';
import { string } from '../query/kinds.ts';
import { moment, nothing, policyText } from '../query/shape.ts';

const onProvider = (input: { readonly ProviderArn: string }): string => input.ProviderArn;

/** Replaces a provider's mapping rules. The document is checked first; a role need not exist yet. */
export const putMappingRules = action({
  name: 'PutMappingRules',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:PutMappingRules', resource: onProvider },
  input: { ProviderArn: arn(), RulesDocument: string({ min: 1, max: MAX_RULES_CHARACTERS }) },
  output: nothing,
  run: async ({ ProviderArn, RulesDocument }, { caller, deps, changeEvent }) => {
    const { accountId } = caller;
    const parsed = parseMappingRules(RulesDocument, accountId);
    if (!parsed.ok)
      throw new Fault('malformed_policy_document', describeFault(parsed.failure), { ...parsed.failure });
    const providerId = await requireMappedProvider(accountId, ProviderArn, deps);
    await deps.mappingRules.put(accountId, providerId, RulesDocument, changeEvent());
  },
});

export const getMappingRules = action({
  name: 'GetMappingRules',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'daypass:GetMappingRules', resource: onProvider },
  input: { ProviderArn: arn() },
  /** The document is percent-encoded, as IAM's are. */
  output: { RulesDocument: policyText, UpdateDate: moment },
  run: async ({ ProviderArn }, { caller, deps }) => {
    const providerId = await requireMappedProvider(caller.accountId, ProviderArn, deps);
    const found = await deps.mappingRules.find(caller.accountId, providerId);
    if (found === null) throw new Fault('no_such_entity', `provider ${ProviderArn} has no mapping rules`);
    return { RulesDocument: found.document, UpdateDate: found.updatedAtSeconds };
  },
});

export const deleteMappingRules = action({
  name: 'DeleteMappingRules',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:DeleteMappingRules', resource: onProvider },
  input: { ProviderArn: arn() },
  output: nothing,
  run: async ({ ProviderArn }, { caller, deps, changeEvent }) => {
    const providerId = await requireMappedProvider(caller.accountId, ProviderArn, deps);
    await deps.mappingRules.remove(caller.accountId, providerId, changeEvent());
  },
});
