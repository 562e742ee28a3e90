import { Fault } from '../../../core/faults.ts';
import { QUOTA_NAMES } from '../../../core/quotas.ts';
import { action } from '../query/action.ts';
import { optional } from '../query/field.ts';
import { integer, list, oneOf, structure } from '../query/kinds.ts';
import { listOf, nothing, record, text, wholeNumber } from '../query/shape.ts';

/** Past this a number is a mistake, not a quota. */
const MOST = 10_000_000;

const quotasArn = (accountId: string): string => `arn:aws:daypass::${accountId}:quotas`;

/** Without a `Value` a quota gets its default again. */
export const updateAccountQuotas = action({
  name: 'UpdateAccountQuotas',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:UpdateAccountQuotas',
    resource: (_input, caller) => quotasArn(caller.accountId),
  },
  input: {
    Quotas: list(structure({ Name: oneOf(QUOTA_NAMES), Value: optional(integer({ min: 0, max: MOST })) }), {
      min: 1,
      max: QUOTA_NAMES.length,
    }),
  },
  output: nothing,
  run: async ({ Quotas }, { caller, deps, changeEvent }) => {
    const changes = new Map(Quotas.map(({ Name, Value }) => [Name, Value ?? null]));
    if (changes.size < Quotas.length) throw new Fault('invalid_input', 'A quota is named twice.');
    await deps.accountSettings.updateQuotas(caller.accountId, changes, changeEvent);
  },
});

export const getAccountQuotas = action({
  name: 'GetAccountQuotas',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'daypass:GetAccountQuotas',
    resource: (_input, caller) => quotasArn(caller.accountId),
  },
  input: {},
  output: { Quotas: listOf(record({ Name: text, Value: wholeNumber, Default: wholeNumber })) },
  run: async (_input, { caller, deps }) => {
    const quotas = await deps.accountSettings.quotas(caller.accountId);
    return {
      Quotas: quotas.map(({ name, value, defaultValue }) => ({
        Name: name,
        Value: value,
        Default: defaultValue,
      })),
    };
  },
});
