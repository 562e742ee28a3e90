import { action } from '../query/action.ts';
import { pattern, string } from '../query/kinds.ts';
import { listOf, moment, nothing, record, text } from '../query/shape.ts';

/** An absolute URI or a plain name, as resource servers identify themselves. */
const audience = () => string({ min: 1, max: 1000, pattern: pattern('[\\u0021-\\u007E]+') });

const audienceArn = (accountId: string, name: string): string =>
  `arn:aws:daypass::${accountId}:audience/${name}`;

export const registerAudience = action({
  name: 'RegisterAudience',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:RegisterAudience',
    resource: (input, caller) => audienceArn(caller.accountId, input.Audience),
  },
  input: { Audience: audience() },
  output: nothing,
  run: async ({ Audience }, { caller, deps, changeEvent }) =>
    deps.audiences.register(caller.accountId, Audience, changeEvent()),
});

export const deregisterAudience = action({
  name: 'DeregisterAudience',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'daypass:DeregisterAudience',
    resource: (input, caller) => audienceArn(caller.accountId, input.Audience),
  },
  input: { Audience: audience() },
  output: nothing,
  run: async ({ Audience }, { caller, deps, changeEvent }) =>
    deps.audiences.deregister(caller.accountId, Audience, changeEvent()),
});

export const listAudiences = action({
  name: 'ListAudiences',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'daypass:ListAudiences',
    resource: (_input, caller) => audienceArn(caller.accountId, '*'),
  },
  input: {},
  output: { Audiences: listOf(record({ Audience: text, CreateDate: moment })) },
  run: async (_input, { caller, deps }) => {
    const found = await deps.audiences.list(caller.accountId);
    return {
      Audiences: found.map((entry) => ({ Audience: entry.audience, CreateDate: entry.createdAtSeconds })),
    };
  },
});
