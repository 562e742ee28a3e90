import type { IssuedToPerson } from '../../usecases/own-credentials.ts';
import { type Frame, Layout } from '../http/page/layout.tsx';
import { Moment } from '../http/page/moment.tsx';

export interface CredentialsProps {
  readonly frame: Frame;
  readonly issued: IssuedToPerson;
  readonly nowSeconds: number;
}

/** Temporary credentials, shown once: the lines that a shell takes. */
export function CredentialsView({ frame, issued, nowSeconds }: CredentialsProps) {
  const { credentials, arn, session } = issued;
  const lines = [
    `export AWS_ACCESS_KEY_ID=${credentials.accessKeyId}`,
    `export AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`,
    `export AWS_SESSION_TOKEN=${credentials.sessionToken}`,
    `export AWS_ENDPOINT_URL=${frame.issuer}`,
  ];
  return (
    <Layout frame={frame} title="Temporary credentials" wide>
      <section class="card">
        <dl class="facts">
          <dt>For</dt>
          <dd>
            <code>{arn}</code>
          </dd>
          <dt>Expire</dt>
          <dd>
            <Moment atSeconds={credentials.expiresAtSeconds} nowSeconds={nowSeconds} />
          </dd>
          <dt>Second factor</dt>
          <dd>{session.mfaAtSeconds === null ? 'not proved' : 'proved'}</dd>
        </dl>
        <p>
          Paste these lines into your shell. They are shown this once; anybody who has them can act as you.
        </p>
        <pre id="lines">{lines.join('\n')}</pre>
        <div class="row">
          <button class="button primary" type="button" data-copy="lines" hidden>
            Copy
          </button>
          <a class="button" href="/me">
            Done
          </a>
        </div>
      </section>
      <p class="muted small">
        Check them with <code>aws sts get-caller-identity</code>. To end them early, ask an administrator to
        revoke session <code>{session.sessionId}</code>.
      </p>
    </Layout>
  );
}
