/**
 * A real browser for tests: headless Chromium out of an npm package, with the libraries that it brings, so that a machine needs
 * none of its own. Passkeys come from Chromium's virtual authenticator.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflate } from '@sparticuz/chromium';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';

const packagePath = join(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))), '..');
const ARCHIVES = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'];

/** One browser of a test file; call `stop` in afterAll. */
export interface TestBrowser {
  /** A fresh profile: no cookies, no passkeys. */
  newVisitor(options?: VisitorOptions): Promise<Visitor>;
  stop(): Promise<void>;
}

export interface VisitorOptions {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly javaScriptEnabled?: boolean;
  /** True lets pages offer passkeys beside a field: a virtual authenticator then answers at once, as no person would. */
  readonly autofill?: boolean;
}

/** A person with a browser. */
export interface Visitor {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Plugs a passkey device in. @returns the device */
  addAuthenticator(options?: AuthenticatorOptions): Promise<Authenticator>;
  close(): Promise<void>;
}

export interface AuthenticatorOptions {
  /** False stands for a person who does not unlock it. */
  readonly userVerified?: boolean;
  /** `usb` is a security key, `internal` the device's own. */
  readonly transport?: 'usb' | 'internal';
  readonly residentKeys?: boolean;
}

export interface Authenticator {
  /** How many passkeys it holds. */
  count(): Promise<number>;
  setUserVerified(verified: boolean): Promise<void>;
  /** Unplugs it, its passkeys lost. */
  remove(): Promise<void>;
}

/** Starts it, about a second after the first time. @throws Error when Chromium does not come up */
export async function startBrowser(): Promise<TestBrowser> {
  const home = await unpack();
  const browser: Browser = await chromium.launch({
    executablePath: join(home, 'chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--font-render-hinting=none',
    ],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(home, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
      HOME: home,
    },
  });
  return {
    newVisitor: (options) => newVisitor(browser, options ?? {}),
    stop: () => browser.close(),
  };
}

async function newVisitor(browser: Browser, options: VisitorOptions): Promise<Visitor> {
  const { width = 1280, colorScheme = 'light', javaScriptEnabled = true, autofill = false } = options;
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 800 },
    colorScheme,
    javaScriptEnabled,
    locale: 'en-GB',
    timezoneId: 'UTC',
  });
  if (!autofill) {
    await context.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false');
  }
  const page = await context.newPage();
  context.setDefaultTimeout(25_000); // a slow machine under load; what fails, fails at its own step
  return {
    page,
    context,
    addAuthenticator: async (wanted) => addAuthenticator(await context.newCDPSession(page), wanted ?? {}),
    close: () => context.close(),
  };
}

async function addAuthenticator(cdp: CDPSession, options: AuthenticatorOptions): Promise<Authenticator> {
  const { userVerified = true, transport = 'internal', residentKeys = true } = options;
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport,
      hasResidentKey: residentKeys,
      hasUserVerification: true,
      isUserVerified: userVerified,
      automaticPresenceSimulation: true,
    },
  });
  return {
    count: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
    setUserVerified: async (isUserVerified) => {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    remove: async () => {
      await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    },
  };
}

/** Unpacks the browser once per machine. Many test files at once may do so: the first one's folder stays. */
async function unpack(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(packagePath, 'package.json'), 'utf8'));
  const home = join(tmpdir(), `daypass-test-browser-${version}`);
  if (existsSync(home)) return home;
  const fresh = mkdtempSync(`${home}-`);
  await inTemporaryFolder(fresh, () =>
    Promise.all(ARCHIVES.map((name) => inflate(join(packagePath, 'bin', name)))),
  );
  mkdirSync(join(fresh, 'cache'));
  writeFileSync(join(fresh, 'fonts.conf'), fontSettings(home));
  try {
    renameSync(fresh, home);
  } catch {
    rmSync(fresh, { recursive: true, force: true }); // another one was first
  }
  return home;
}

const fontSettings = (home: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${home}/fonts</dir><cachedir>${home}/cache</cachedir></fontconfig>
`;

/** The package unpacks into the temporary folder of the process, whichever that is. */
async function inTemporaryFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}
