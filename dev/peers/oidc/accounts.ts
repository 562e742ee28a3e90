/** A made-up person of the stand-in provider. */
export interface Account {
  readonly sub: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** Everybody the provider knows; whoever is not here can still be named in `POST /id-token`. */
export const accounts: readonly Account[] = [
  { sub: 'alice', name: 'Alice Example', groups: ['admins', 'engineering'] },
  { sub: 'bob', name: 'Bob Example', groups: ['engineering'] },
  { sub: 'carol', name: 'Carol Example', groups: ['support'] },
  { sub: 'dave', name: 'Dave Example', groups: [] },
];

/** @returns the claims that the provider makes about a person, or null where it knows nobody of that name */
export function findClaims(sub: string): Record<string, unknown> | null {
  const account = accounts.find((each) => each.sub === sub);
  if (account === undefined) return null;
  const [given, family] = account.name.split(' ');
  return {
    sub: account.sub,
    name: account.name,
    given_name: given,
    family_name: family,
    preferred_username: account.sub,
    email: `${account.sub}@example.com`,
    email_verified: true,
    groups: account.groups,
  };
}
