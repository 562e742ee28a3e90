import { idsOf } from '../../../core/credentials/lineage.ts';
import type { SessionRecord } from '../../../core/repositories/sessions.ts';
import {
  describeSession as describe,
  listSessions as list,
  type Stated,
} from '../../../usecases/look-at-sessions.ts';
import { action } from '../query/action.ts';
import { optional, withDefault } from '../query/field.ts';
import { existingUserName, roleName, sourceIdentity } from '../query/fields.ts';
import { boolean } from '../query/kinds.ts';
import { nextTokenFields, nextTokenMember, nextTokenOf, pageAskedFor } from '../query/next-token.ts';
import { listOf, maybe, moment, record, text } from '../query/shape.ts';
import { provider, sessionId, subject } from './revoke-sessions.ts';

const members = {
  SessionId: text,
  Kind: text,
  State: text,
  PrincipalArn: text,
  PrincipalId: text,
  SourceIdentity: maybe(text),
  Provider: maybe(text),
  Subject: maybe(text),
  Tags: maybe(listOf(record({ Key: text, Value: text }))),
  IssuedAt: moment,
  Expiration: moment,
  FromSessionId: maybe(text),
  ChainedFrom: maybe(listOf(text)),
  UserId: maybe(text),
  BegunBy: maybe(text),
  InstanceId: maybe(text),
};

const sessionOf = (session: Stated<SessionRecord>) => ({
  SessionId: session.sessionId,
  Kind: session.kind,
  State: session.state,
  PrincipalArn: session.principalArn,
  PrincipalId: session.principalId,
  SourceIdentity: session.sourceIdentity,
  Provider: session.provider,
  Subject: session.subject,
  ...(session.tags.length > 0 && { Tags: session.tags }),
  IssuedAt: session.issuedAtSeconds,
  Expiration: session.expiresAtSeconds,
  FromSessionId: session.fromSessionId,
  ...(session.fromSessionId !== null &&
    session.lineage !== null && {
      ChainedFrom: idsOf(session.lineage),
    }),
  UserId: session.userId,
  BegunBy: session.begunByArn,
  InstanceId: session.instanceId,
});

const LIST = 'sessions';

export const listSessions = action({
  name: 'ListSessions',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    exempt: 'everybody may list what is their own; the use-case decides daypass:ListSessions on the rest',
  },
  input: {
    UserName: optional(existingUserName()),
    RoleName: optional(roleName()),
    SourceIdentity: optional(sourceIdentity()),
    Provider: optional(provider()),
    Subject: optional(subject()),
    LiveOnly: withDefault(boolean(), false),
    ...nextTokenFields,
  },
  output: { Sessions: listOf(record(members)), ...nextTokenMember },
  run: async (input, { caller, facts, deps }) => {
    const query = {
      userName: input.UserName,
      roleName: input.RoleName,
      sourceIdentity: input.SourceIdentity,
      provider: input.Provider,
      subject: input.Subject,
      liveOnly: input.LiveOnly,
    };
    const page = await list(query, pageAskedFor(LIST, input), caller, facts, deps);
    return { Sessions: page.items.map(sessionOf), ...nextTokenOf(LIST, page) };
  },
});

export const describeSession = action({
  name: 'DescribeSession',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    exempt:
      'everybody may look at what is their own; the use-case decides daypass:DescribeSession on the rest',
  },
  input: { SessionId: sessionId() },
  output: {
    Session: record({
      ...members,
      CredentialIds: listOf(text),
      LastUsed: maybe(record({ Date: moment, Region: maybe(text), Service: text })),
    }),
  },
  run: async ({ SessionId }, { caller, facts, deps }) => {
    const session = await describe(SessionId, caller, facts, deps);
    const { lastUsed, credentialIds } = session;
    return {
      Session: {
        ...sessionOf(session),
        CredentialIds: credentialIds,
        ...(lastUsed !== null && {
          LastUsed: { Date: lastUsed.atSeconds, Region: lastUsed.region, Service: lastUsed.service },
        }),
      },
    };
  },
});
