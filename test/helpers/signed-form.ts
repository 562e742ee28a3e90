import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../doors/aws/iam/support.ts';
import type { Credentials, Daypass } from './daypass.ts';

export interface SigningOptions {
  /** Default: the bootstrap administrator. */
  readonly credentials?: Credentials;
  /** What the credential scope names; Daypass's own doors are `daypass`. */
  readonly service?: string;
  readonly path?: string;
  /** What is sent in the place of what was signed. */
  readonly sentInstead?: Readonly<Record<string, string>>;
}

/** Posts a form, signed at the broker's own time, also with temporary credentials. */
export async function postSignedForm(
  daypass: Daypass,
  form: Readonly<Record<string, string>>,
  options: SigningOptions = {},
): Promise<Response> {
  const { credentials = daypass.bootstrap.admin, service = 'daypass', path = '/' } = options;
  const signer = new SignatureV4({
    credentials,
    region: 'us-east-1',
    service,
    sha256: Sha256 as never, // the SDK's type also asks for reset(), which its signer never calls
  });
  const { host, hostname } = new URL(daypass.url);
  const body = new URLSearchParams(form).toString();
  const signed = await signer.sign(
    {
      ...{ method: 'POST', protocol: 'http:', hostname, path, query: {}, body },
      headers: { host, 'content-type': 'application/x-www-form-urlencoded' },
    },
    { signingDate: new Date(daypass.nowSeconds() * 1000) },
  );
  const sent = options.sentInstead === undefined ? body : new URLSearchParams(options.sentInstead).toString();
  return daypass.fetch(path, { method: 'POST', headers: signed.headers, body: sent });
}
