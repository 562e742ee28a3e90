/** The frame of every page: where am I, who am I, and the one thing to do here. */
import type { Child } from 'hono/jsx';
import { PAGE_ASSETS } from './page-assets.ts';

/** What the frame says about the deployment and the visitor. */
export interface Frame {
  /** The broker's own origin: people see its host. */
  readonly issuer: string;
  readonly mode: 'production' | 'local';
  /** Who is signed in, as they call themselves; absent on the way in. */
  readonly signedInAs?: string;
}

export interface LayoutProps {
  readonly frame: Frame;
  /** Heading and window title, in sentence case. */
  readonly title: string;
  /** True for pages with lists and tables. */
  readonly wide?: boolean;
  /** True where the page uses passkeys. */
  readonly passkeys?: boolean;
  /** A path of ours to go on to by itself. */
  readonly goOnTo?: string;
  readonly children?: Child;
}

/**
 * A whole HTML document. Everything that is put in as text is escaped by the renderer; nothing inline runs or styles.
 */
export function Layout({ frame, title, wide, passkeys, goOnTo, children }: LayoutProps) {
  const { host } = new URL(frame.issuer);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {goOnTo !== undefined && <meta http-equiv="refresh" content={`0; url=${goOnTo}`} />}
        <title>{`${title} · Daypass`}</title>
        <link rel="stylesheet" href={PAGE_ASSETS.style.path} />
        <link rel="icon" href="data:," />
        <script type="module" src={PAGE_ASSETS.page.path} />
        {passkeys === true && <script type="module" src={PAGE_ASSETS.passkey.path} />}
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to content
        </a>
        <header class="top">
          {frame.mode === 'local' && (
            <p class="banner">Local broker, for development. Nothing here reaches production.</p>
          )}
          <div class="top-inner">
            <a class="mark" href="/me">
              Daypass
            </a>
            {frame.signedInAs !== undefined && (
              <span class="who">
                Signed in as <bdi>{frame.signedInAs}</bdi>
              </span>
            )}
          </div>
        </header>
        <main id="main" class={wide === true ? 'wide' : ''}>
          <h1>{title}</h1>
          {children}
        </main>
        <footer>
          <bdi>{host}</bdi>
        </footer>
      </body>
    </html>
  );
}
