/** The applications that a person let in: what they have, and taking it back. */
import { Fault } from '../../core/faults.ts';
import { type OwnApplication, removeOwnApplication } from '../../usecases/own-applications.ts';
import type { DoorRequest } from '../http/door.ts';
import { PostForm } from '../http/page/form.tsx';
import { Moment } from '../http/page/moment.tsx';
import { readOwnForm } from '../http/page/own-form.ts';
import { seeOther } from '../http/page/page-answer.ts';
import type { Visitor } from '../http/page/visitor.ts';

export interface ApplicationsProps {
  readonly applications: readonly OwnApplication[];
  readonly csrf: string;
  readonly nowSeconds: number;
}

/** The name in a role's ARN, behind its path. */
const nameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

/** Nothing where there are none. */
export function Applications({ applications, csrf, nowSeconds }: ApplicationsProps) {
  if (applications.length === 0) return null;
  return (
    <section class="card" aria-labelledby="applications">
      <h2 id="applications">Applications that you let in</h2>
      <ul class="things">
        {applications.map((each) => (
          <li>
            <div class="what stack-tight">
              <bdi>{each.name}</bdi>
              {each.roleArns.map((roleArn) => (
                <span>
                  as <bdi>{nameOf(roleArn)}</bdi> <code class="muted small">{roleArn}</code>
                </span>
              ))}
              <span class="muted small">
                {each.scopes.length > 0 && (
                  <>
                    <bdi>{each.scopes.join(', ')}</bdi>;{' '}
                  </>
                )}
                since <Moment atSeconds={each.sinceSeconds} nowSeconds={nowSeconds} />
                {each.renewedAtSeconds !== null && (
                  <>
                    ; acts while you are away, last{' '}
                    <Moment atSeconds={each.renewedAtSeconds} nowSeconds={nowSeconds} />
                  </>
                )}
              </span>
            </div>
            <PostForm action="/me/applications/remove" csrf={csrf} hidden={{ client: each.clientId }}>
              <button class="button small" type="submit">
                Take back
              </button>
            </PostForm>
          </li>
        ))}
      </ul>
    </section>
  );
}

export async function removeApplication(door: DoorRequest, visitor: Visitor): Promise<Response> {
  const form = await readOwnForm(door, visitor);
  const clientId = form.get('client');
  if (clientId === undefined) throw new Fault('validation_error', 'no application was named');
  await removeOwnApplication(visitor.session, clientId, door.facts, door.deps);
  return seeOther(door, '/me?done=application-removed');
}
