import type { Credentials, Daypass } from './daypass.ts';
import { postSigned } from './signed-json.ts';

/** Whether a session may do something, as its token's evaluation says. Asked by the bootstrap administrator. */
export async function mayOf(
  daypass: Daypass,
  { sessionToken = '' }: Credentials,
  action: string,
  resource = 'arn:aws:s3:::reports/x',
): Promise<boolean> {
  const { status, body } = await postSigned(daypass, '/access/v1/evaluation', {
    subject: { type: 'session_token', id: sessionToken },
    action: { name: action },
    resource: { type: 'arn', id: resource },
  });
  if (status !== 200 || typeof body.decision !== 'boolean') throw new Error(`no decision: ${status}`);
  return body.decision;
}
