/** Sessions and revocations as JSON answers. What is not known is absent. */
import { idsOf } from '../../core/credentials/lineage.ts';
import type { SessionDetail, SessionRecord } from '../../core/repositories/sessions.ts';
import { formatIso } from '../../core/time.ts';
import type { Stated } from '../../usecases/look-at-sessions.ts';
import type { RevocationMade } from '../../usecases/revoke-sessions.ts';

/** One session of a list. */
export const sessionBody = (session: Stated<SessionRecord>) => ({
  id: session.sessionId,
  kind: session.kind,
  state: session.state,
  principal_arn: session.principalArn,
  principal_id: session.principalId,
  ...(session.sourceIdentity !== null && { source_identity: session.sourceIdentity }),
  ...(session.provider !== null && { provider: session.provider }),
  ...(session.subject !== null && { subject: session.subject }),
  ...(session.tags.length > 0 && {
    tags: session.tags.map(({ Key, Value }) => ({ key: Key, value: Value })),
  }),
  issued_at: formatIso(session.issuedAtSeconds),
  expires_at: formatIso(session.expiresAtSeconds),
  ...(session.fromSessionId !== null && { from_session: session.fromSessionId }),
  ...(session.fromSessionId !== null &&
    session.lineage !== null && {
      chained_from: idsOf(session.lineage),
    }),
  ...(session.userId !== null && { user_id: session.userId }),
  ...(session.begunByArn !== null && { begun_by: session.begunByArn }),
  ...(session.instanceId !== null && { instance: session.instanceId }),
});

/** One session by itself. */
export const sessionDetailBody = (session: Stated<SessionDetail>) => ({
  ...sessionBody(session),
  credential_ids: session.credentialIds,
  ...(session.lastUsed !== null && {
    last_used: {
      at: formatIso(session.lastUsed.atSeconds),
      ...(session.lastUsed.region !== null && { region: session.lastUsed.region }),
      service: session.lastUsed.service,
    },
  }),
});

/** What has been revoked. */
export const revocationBody = ({ issuedBeforeSeconds, expiresAtSeconds }: RevocationMade) => ({
  ...(issuedBeforeSeconds !== null && { issued_before: formatIso(issuedBeforeSeconds) }),
  expires_at: formatIso(expiresAtSeconds),
});
