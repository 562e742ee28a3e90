import { userArn } from '../../../core/arn.ts';
import { tagContext } from '../../../core/context/identity-context.ts';
import type { Caller } from '../../../usecases/caller.ts';
import type { Deps } from '../../../usecases/deps.ts';
import { providerArnOf } from '../../../usecases/link-identity.ts';
import { action, type Target } from '../query/action.ts';
import { existingUserName } from '../query/fields.ts';
import { pattern, string } from '../query/kinds.ts';
import { listOf, maybe, moment, nothing, record, text } from '../query/shape.ts';

/** A provider's unique id: of OIDC (`op…`) or of SAML (`SAMLSP…`). */
const linkedProviderId = () => string({ min: 2, max: 64, pattern: pattern('[0-9A-Za-z]+') });
/** Who somebody is to a provider; of SAML with the kind of name before it. */
const subject = () => string({ min: 1, max: 512 });

/** A user as IAM's actions name one: by its ARN, with its tags. A refusal calls it by the name alone. */
async function userTarget(
  { UserName }: { readonly UserName: string },
  { accountId }: Caller,
  { directory }: Deps,
): Promise<Target> {
  const resourceAsAsked = userArn(accountId, '/', UserName);
  const user = await directory.user(accountId, UserName);
  return {
    resource: user?.arn ?? resourceAsAsked,
    resourceAsAsked,
    context: tagContext('aws:ResourceTag/', user?.tags ?? []),
  };
}

/** The logins that a user has linked to itself, at the security page; ten at most. */
export const listIdentityLinks = action({
  name: 'ListIdentityLinks',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'daypass:ListIdentityLinks', target: userTarget },
  input: { UserName: existingUserName() },
  output: {
    IdentityLinks: listOf(
      record({ ProviderId: text, ProviderArn: maybe(text), Subject: text, Label: text, LinkDate: moment }),
    ),
  },
  run: async ({ UserName }, { caller, deps }) => {
    const { accountId } = caller;
    const { userId } = await deps.users.require(accountId, UserName);
    const links = await deps.identityLinks.listOf(accountId, userId);
    const shown = links.map(async ({ providerId, ...link }) => ({
      ProviderId: providerId,
      ProviderArn: await providerArnOf(accountId, providerId, deps),
      Subject: link.subject,
      Label: link.label,
      LinkDate: link.linkedAtSeconds,
    }));
    return { IdentityLinks: await Promise.all(shown) };
  },
});

/** Takes a linked login away from its user. Sessions that it began go on until they end or are revoked. */
export const deleteIdentityLink = action({
  name: 'DeleteIdentityLink',
  auth: 'sigv4',
  audit: 'change',
  permission: { action: 'daypass:DeleteIdentityLink', target: userTarget },
  input: { UserName: existingUserName(), ProviderId: linkedProviderId(), Subject: subject() },
  output: nothing,
  run: async ({ UserName, ProviderId, Subject }, { caller, deps, changeEvent }) => {
    const { accountId } = caller;
    const { userId } = await deps.users.require(accountId, UserName);
    const identity = { providerId: ProviderId, subject: Subject };
    await deps.identityLinks.unlink(accountId, identity, userId, changeEvent);
  },
});
