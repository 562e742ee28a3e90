/** The form of the entries of Resource and NotResource. */
import { refuse } from '../fault.ts';
import type { Draft, Located } from './draft.ts';

const PARTITIONS = new Set([
  '*',
  'aws',
  'aws-cn',
  'aws-us-gov',
  'aws-iso',
  'aws-iso-b',
  'aws-iso-e',
  'aws-iso-f',
  'aws-eusc',
]);

const IAM_PATHS = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
];

/**
 * Splits an ARN of a known partition at its colons.
 * @returns null for anything else
 */
export function segmentsOf(text: string): readonly string[] | null {
  const segments = text.split(':');
  return segments[0] === 'arn' && PARTITIONS.has(segments[1] ?? '') ? segments : null;
}

/** @throws Refused with the text AWS has for each form that it does not take */
export function checkResourceForms({ statements }: Draft): void {
  for (const { resource } of statements) {
    for (const value of resource?.values ?? []) if (value.text !== '*') checkForm(value);
  }
}

function checkForm(value: Located): void {
  const { text } = value;
  const [prefix = '', partition, vendor] = text.split(':');
  if (partition === undefined) refuseForm(value);
  if (!PARTITIONS.has(partition)) {
    const full = ['arn', ...text.split(':').slice(1)];
    while (full.length < 6) full.push('*');
    const message = `Partition "${partition}" is not valid for resource "${full.join(':')}".`;
    refuse(value, message, `\`${partition}\` is not a partition`);
  }
  if (prefix !== 'arn') refuseForm(value);
  if (vendor === undefined || /[*?]/.test(vendor)) {
    const message = 'Resource vendor must be fully qualified and cannot contain regexes.';
    refuse(value, message, `\`${text}\` must name its service without wildcards`);
  }
  checkByVendor(value, vendor);
}

function refuseForm(value: Located): never {
  const message = `Resource ${value.text} must be in ARN format or "*".`;
  return refuse(value, message, `\`${value.text}\` is neither an ARN nor \`*\``);
}

function checkByVendor(value: Located, vendor: string): void {
  const [, , , region = '', account = '', ...rest] = value.text.split(':');
  if (vendor === 'iam') checkIam(value, region, rest.length === 0 ? null : rest.join(':'));
  // Bucket ARNs have neither region nor account; access points, jobs and the like have both.
  if (vendor === 's3' && region !== '' && account === '') {
    const message = `Resource ${value.text} can not contain region information.`;
    refuse(value, message, 'a bucket ARN has no region');
  }
}

function checkIam(value: Located, region: string, path: string | null): void {
  if (region !== '') {
    const message = `IAM resource ${value.text} cannot contain region information.`;
    refuse(value, message, 'an IAM ARN has no region');
  }
  if (path === null || path === '*' || IAM_PATHS.some((start) => path.startsWith(start))) return;
  const message = `IAM resource path must either be "*" or start with ${IAM_PATHS.join(', ')}.`;
  refuse(value, message, `\`${path}\` is not the path of an IAM resource`);
}
