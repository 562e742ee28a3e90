import type { Claims } from './id-token.ts';

/**
 * Whether an issuer left its person's groups out because there are too many of them: Entra ID then names a place to ask in their stead.
 * @see https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference, "Groups overage claim"
 */
export function leftGroupsOut({ _claim_names: names, hasgroups }: Claims): boolean {
  const elsewhere = typeof names === 'object' && names !== null && Object.hasOwn(names, 'groups');
  return elsewhere || hasgroups === true || hasgroups === 'true';
}

const TOO_MANY =
  'the identity provider left the groups out because there are too many: let it send only the groups that are assigned to this application';

/** @returns the refusal of a login, with what may well be its reason. Whoever shows the token knows it anyway */
export const refusalOf = (message: string, claims: Claims): string =>
  leftGroupsOut(claims) ? `${message}: ${TOO_MANY}` : message;
