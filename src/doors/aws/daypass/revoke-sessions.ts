import { revokeSessions as revoke } from '../../../usecases/revoke-sessions.ts';
import { action } from '../query/action.ts';
import { optional, withDefault } from '../query/field.ts';
import {
  accessKeyIdField,
  existingUserName,
  roleName,
  sourceIdentity,
  tagKey,
  tagValue,
} from '../query/fields.ts';
import { boolean, pattern, string, structure, timestamp } from '../query/kinds.ts';
import { maybe, moment } from '../query/shape.ts';

const ID = pattern('[\\w-]+');

/** A session's id, as issuances and the trail give it. */
export const sessionId = () => string({ min: 4, max: 64, pattern: ID });
/** An access token's `jti`. */
const jwtId = () => string({ min: 16, max: 128, pattern: ID });
/** A provider's ARN, or an OpenID Connect issuer's URL. */
export const provider = () => string({ min: 4, max: 2048 });
/** Who somebody is to a provider. */
export const subject = () => string({ min: 1, max: 2048 });

export const revokeSessions = action({
  name: 'RevokeSessions',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    exempt: 'everybody may end what is their own; the use-case decides daypass:RevokeSessions on the rest',
  },
  input: {
    SessionId: optional(sessionId()),
    AccessKeyId: optional(accessKeyIdField()),
    JwtId: optional(jwtId()),
    UserName: optional(existingUserName()),
    /** As a session shows it: that of a user who is gone, too. */
    UserId: optional(string({ min: 16, max: 128, pattern: pattern('AIDA[A-Z0-9]+') })),
    /** `true`: the sessions of root. */
    Root: withDefault(boolean(), false),
    RoleName: optional(roleName()),
    /** Likewise. */
    RoleId: optional(string({ min: 16, max: 128, pattern: pattern('AROA[A-Z0-9]+') })),
    ClientId: optional(string({ min: 16, max: 128, pattern: ID })),
    SourceIdentity: optional(sourceIdentity()),
    Provider: optional(provider()),
    Subject: optional(subject()),
    Tag: optional(structure({ Key: tagKey(), Value: tagValue() })),
    IssuedBefore: optional(timestamp()),
    /** For the trail alone. */
    Reason: optional(string({ max: 1000 })),
  },
  output: { IssuedBefore: maybe(moment), Expiration: moment },
  run: async (input, { caller, facts, deps, changeEvent }) => {
    const made = await revoke(
      {
        sessionId: input.SessionId,
        accessKeyId: input.AccessKeyId,
        jwtId: input.JwtId,
        userName: input.UserName,
        userId: input.UserId,
        root: input.Root ? true : undefined,
        roleName: input.RoleName,
        roleId: input.RoleId,
        clientId: input.ClientId,
        sourceIdentity: input.SourceIdentity,
        provider: input.Provider,
        subject: input.Subject,
        tag: input.Tag,
        issuedBeforeSeconds: input.IssuedBefore,
      },
      caller,
      facts,
      changeEvent,
      deps,
    );
    return { IssuedBefore: made.issuedBeforeSeconds, Expiration: made.expiresAtSeconds };
  },
});
