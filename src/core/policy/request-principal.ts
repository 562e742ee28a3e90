import type { RequestPrincipal } from './types.ts';

const FORMS: readonly {
  readonly form: RegExp;
  readonly make: (arn: string, accountId: string, name: string) => RequestPrincipal;
}[] = [
  { form: /^arn:aws:iam::([0-9]{12}):(root)$/, make: (arn, accountId) => ({ type: 'root', arn, accountId }) },
  {
    form: /^arn:aws:iam::([0-9]{12}):user\/(.+)$/,
    make: (arn, accountId) => ({ type: 'user', arn, accountId }),
  },
  {
    form: /^arn:aws:iam::([0-9]{12}):role\/(.+)$/,
    make: (arn, accountId) => ({ type: 'role-session', arn, accountId, roleArn: arn }),
  },
  {
    form: /^arn:aws:sts::([0-9]{12}):assumed-role\/([^/]+\/[^/]+)$/,
    make: (arn, accountId) => ({ type: 'role-session', arn, accountId }),
  },
  {
    form: /^arn:aws:sts::([0-9]{12}):federated-user\/([^/]+)$/,
    make: (arn, accountId, name) => ({
      type: 'federated-user',
      arn,
      accountId,
      userArn: `arn:aws:iam::${accountId}:user/${name}`,
    }),
  },
];

/**
 * Makes the principal that an ARN stands for, for simulations, where nothing else is known of it. Never use it for a
 * live call: the name of a federated session is its caller's choice, so that it says nothing of the user behind it.
 * @param name - an ARN of a root user, user, role, role session or federated user, or a service (`x.amazonaws.com`)
 * @returns null for anything else
 */
export function principalNamed(name: string): RequestPrincipal {
  for (const { form, make } of FORMS) {
    const found = form.exec(name);
    if (found?.[1] !== undefined && found[2] !== undefined) return make(name, found[1], found[2]);
  }
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com$/.test(name) ? { type: 'service', name } : null;
}

/** Gives a caller as text for explanations. */
export function callerText(principal: RequestPrincipal): string {
  switch (principal?.type) {
    case undefined:
      return 'anonymous';
    case 'service':
      return principal.name;
    case 'federated':
      return principal.provider;
    case 'root':
    case 'user':
    case 'role-session':
    case 'federated-user':
      return principal.arn;
  }
}
