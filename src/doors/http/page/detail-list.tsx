import { type AuthorizationDetails, policiesOfDetails } from '../../../core/oauth/authorization-details.ts';
import { policyInWords, type StatementInWords } from '../../../core/oauth/policy-in-words.ts';

/** What `authorization_details` leave of what an application asks for, statement by statement; nothing where it has none. */
export function DetailList({ details }: { readonly details: AuthorizationDetails | null }) {
  if (details === null) return null;
  const statements = policiesOfDetails(details).flatMap(policyInWords);
  return (
    <>
      <dt>Of that, only</dt>
      <dd>
        <ul class="plain">
          {statements.map((statement) => (
            <li>
              <Statement {...statement} />
            </li>
          ))}
        </ul>
      </dd>
    </>
  );
}

function Statement(props: StatementInWords) {
  const { effect, allActionsBut, actions, allResourcesBut, resources, conditions } = props;
  return (
    <>
      {effect === 'Deny' ? 'Never ' : 'May '}
      {allActionsBut && 'do everything but '}
      <Texts texts={actions} /> on {allResourcesBut && 'everything but '}
      <Texts texts={resources} />
      {conditions.length > 0 && (
        <>
          {' '}
          where <Texts texts={conditions} />
        </>
      )}
    </>
  );
}

/** Texts that the application wrote: shown as such, each by itself. */
function Texts({ texts }: { readonly texts: readonly string[] }) {
  return (
    <>
      {texts.map((text, at) => (
        <>
          {at > 0 && ', '}
          <code>
            <bdi>{text}</bdi>
          </code>
        </>
      ))}
    </>
  );
}
