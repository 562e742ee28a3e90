/** Scopes: names for policies that narrow a token. */
import { nowSecondsOf } from '../../../../core/context/request-context.ts';
import { Fault } from '../../../../core/faults.ts';
import { PROTOCOL_SCOPES, scopeArn } from '../../../../core/oauth/scope.ts';
import type { Caller } from '../../../../usecases/caller.ts';
import { checkScopePolicy } from '../../../../usecases/oauth/scopes.ts';
import { action } from '../../query/action.ts';
import { withDefault } from '../../query/field.ts';
import { description, policyDocument } from '../../query/fields.ts';
import { pattern, string } from '../../query/kinds.ts';
import { listOf, moment, nothing, policyText, record, text } from '../../query/shape.ts';

const scope = () =>
  string({ min: 1, max: 128, pattern: pattern('[\\u0021\\u0023-\\u005B\\u005D-\\u007E]+') });
const onScope = (input: { readonly Scope: string }, { accountId }: Caller): string =>
  scopeArn(accountId, input.Scope);

const registerScope = action({
  name: 'RegisterScope',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:RegisterScope', resource: onScope },
  input: { Scope: scope(), Description: withDefault(description(), ''), PolicyDocument: policyDocument() },
  output: nothing,
  run: async ({ Scope, Description, PolicyDocument }, { caller, deps, facts, changeEvent }) => {
    if (PROTOCOL_SCOPES.has(Scope))
      throw new Fault('invalid_input', `scope \`${Scope}\` has a meaning already`);
    const document = checkScopePolicy(PolicyDocument);
    const registered = {
      scope: Scope,
      description: Description,
      document,
      createdAtSeconds: nowSecondsOf(facts),
    };
    await deps.oauthScopes.register(caller.accountId, registered, changeEvent());
  },
});

const deleteScope = action({
  name: 'DeleteScope',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:DeleteScope', resource: onScope },
  input: { Scope: scope() },
  output: nothing,
  run: async ({ Scope }, { caller, deps, changeEvent }) =>
    deps.oauthScopes.remove(caller.accountId, Scope, changeEvent()),
});

const listScopes = action({
  name: 'ListScopes',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'daypass:ListScopes',
    resource: (_input, { accountId }) => scopeArn(accountId, '*'),
  },
  input: {},
  output: {
    Scopes: listOf(
      record({ Scope: text, Description: text, PolicyDocument: policyText, CreateDate: moment }),
    ),
  },
  run: async (_input, { caller, deps }) => ({
    Scopes: (await deps.oauthScopes.list(caller.accountId)).map((each) => ({
      Scope: each.scope,
      Description: each.description,
      PolicyDocument: each.document,
      CreateDate: each.createdAtSeconds,
    })),
  }),
});

export const scopeActions = [registerScope, deleteScope, listScopes];
