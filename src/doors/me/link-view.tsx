import type { OwnLinks } from '../../usecases/link-identity.ts';
import { PostForm } from '../http/page/form.tsx';
import { type Frame, Layout } from '../http/page/layout.tsx';
import { Moment } from '../http/page/moment.tsx';
import { providerName } from '../http/page/provider-name.ts';

export interface LinkViewProps {
  readonly frame: Frame;
  readonly csrf: string;
  readonly provider: string;
  /** What the provider calls whoever signed in there. */
  readonly label: string;
  readonly subject: string;
}

/** The last word before a login opens the user's account. */
export function LinkView({ frame, csrf, provider, label, subject }: LinkViewProps) {
  return (
    <Layout frame={frame} title="Link this login?">
      <div class="card">
        <p>From then on, whoever signs in with it is you, with all that you may do here.</p>
        <dl class="facts">
          <dt>Provider</dt>
          <dd>
            <bdi>{provider}</bdi>
          </dd>
          <dt>Known there as</dt>
          <dd>
            <bdi>{label}</bdi>
          </dd>
          <dt>Id there</dt>
          <dd>
            <code>{subject}</code>
          </dd>
        </dl>
        <PostForm action="/me/links/confirm" csrf={csrf}>
          <button class="button primary block" type="submit">
            Link this login
          </button>
        </PostForm>
      </div>
      <p class="small">
        <a href="/me">Cancel</a>
      </p>
    </Layout>
  );
}

export interface LinksProps extends OwnLinks {
  readonly csrf: string;
  readonly nowSeconds: number;
}

/** The section of the security page. */
export function LinkedLogins({ links, providers, csrf, nowSeconds }: LinksProps) {
  if (links.length === 0 && providers.length === 0) return null;
  return (
    <section class="card" aria-labelledby="links">
      <h2 id="links">Linked logins</h2>
      {links.length === 0 ? (
        <div class="empty">
          <p>Sign in with a login that you have elsewhere, in place of your password. Second factors stay.</p>
        </div>
      ) : (
        <ul class="things">
          {links.map((link) => (
            <LinkRow of={link} csrf={csrf} nowSeconds={nowSeconds} />
          ))}
        </ul>
      )}
      {providers.map(({ providerId, name }) => (
        <PostForm action="/me/links" csrf={csrf} hidden={{ provider: providerId }}>
          <div>
            <button class="button" type="submit">
              Link a login of&nbsp;<bdi>{providerName(name)}</bdi>
            </button>
          </div>
        </PostForm>
      ))}
    </section>
  );
}

function LinkRow(props: {
  readonly of: OwnLinks['links'][number];
  readonly csrf: string;
  readonly nowSeconds: number;
}) {
  const { of: link, csrf, nowSeconds } = props;
  const { providerId, subject, label } = link;
  const provider = providerName(link.providerName);
  return (
    <li>
      <div class="what stack-tight">
        <span>
          <bdi>{label}</bdi> at <bdi>{provider}</bdi>
        </span>
        <span class="muted small">
          Linked <Moment atSeconds={link.linkedAtSeconds} nowSeconds={nowSeconds} />
        </span>
      </div>
      <PostForm action="/me/links/remove" csrf={csrf} hidden={{ provider: providerId, subject }}>
        <button class="button danger small" type="submit" aria-label={`Unlink ${label} at ${provider}`}>
          Unlink
        </button>
      </PostForm>
    </li>
  );
}
