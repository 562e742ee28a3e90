/**
 * A certificate's fields as session tags, by the names that IAM Roles Anywhere gives them.
 * @see https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
 */
import type { Tag } from '../credentials/session.ts';
import { failure, type Result, success } from '../result.ts';
import { alternativeNamesOf, type Certificate } from './certificate.ts';

const MAX_VALUE = 256;
const SOURCE_IDENTITY = /^[\w+=,.@-]{2,64}$/;

/** @returns `x509Subject/CN`, `x509Issuer/OU`, `x509SAN/DNS` …; several values are joined by `/`; or why there are none */
export function certificateTags(certificate: Certificate): Result<readonly Tag[], string> {
  const values = new Map<string, string[]>();
  const add = (key: string, value: string) => values.set(key, [...(values.get(key) ?? []), value]);
  for (const [prefix, name] of [
    ['x509Subject', certificate.x509.subjectName],
    ['x509Issuer', certificate.x509.issuerName],
  ] as const) {
    for (const part of name.toJSON()) {
      for (const [field, texts] of Object.entries(part))
        for (const text of texts) add(`${prefix}/${field}`, text);
    }
  }
  for (const { kind, value } of alternativeNamesOf(certificate)) {
    if (kind === 'dns') add('x509SAN/DNS', value);
    if (kind === 'url') add('x509SAN/URI', value);
  }
  const tags = [...values].map(([Key, parts]) => ({ Key, Value: parts.join('/') }));
  // Cut short, a value would be another one.
  if (tags.some(({ Key, Value }) => Key.length > 128 || Value.length > MAX_VALUE))
    return failure('a field of the certificate is longer than a session tag may be');
  return success(tags);
}

/** @returns the common name of the subject where it can be a source identity, else null */
export function sourceIdentityOf({ x509 }: Certificate): string | null {
  const [name, ...more] = x509.subjectName.getField('CN');
  return name !== undefined && more.length === 0 && SOURCE_IDENTITY.test(name) ? name : null;
}
