import type { Decision, PolicyLayer, StatementReference } from './types.ts';

const LAYERS: Readonly<Record<PolicyLayer, string>> = {
  identity: 'identity policy',
  resource: 'resource policy',
  'permissions-boundary': 'permissions boundary',
  session: 'session policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
  'vpc-endpoint': 'VPC endpoint policy',
};

/**
 * Says in one sentence why a request was allowed or denied: layer, policy, statement, explicit or implicit.
 * @returns a sentence without a capital and without a full stop, such as
 *   ``explicitly denied by statement `NoDelete` of the identity policy `arn:…` ``
 */
export function describeDecision({ effect, deciders, layer }: Decision): string {
  switch (effect) {
    case 'Allow':
      return deciders[0] === undefined
        ? 'allowed without a policy: the root user and GetCallerIdentity need none'
        : `allowed by ${describeStatement(deciders[0])}`;
    case 'ExplicitDeny':
      return deciders[0] === undefined
        ? 'explicitly denied'
        : `explicitly denied by ${describeStatement(deciders[0])}`;
    case 'ImplicitDeny':
      return `implicitly denied: no ${LAYERS[layer ?? 'identity']} allows it`;
  }
}

function describeStatement({ layer, source, index, sid }: StatementReference): string {
  const statement = sid === undefined ? `statement ${index}` : `statement \`${sid}\``;
  return `${statement} of the ${LAYERS[layer]} \`${source}\``;
}
