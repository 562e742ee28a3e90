/**
 * The input fields that IAM and STS actions share, one builder for each type of AWS's models, under the model's name.
 * An action writes `{ UserName: userName(), Path: withDefault(path(), '/') }`.
 * @see AWS API models for IAM 2010-05-08 and STS 2011-06-15 (lengths and patterns)
 */
import { optional, withDefault } from './field.ts';
import { integer, list, oneOf, pattern, string, structure } from './kinds.ts';

const NAME = pattern('[\\w+=,.@-]+');
const SESSION_NAME = pattern('[\\w+=,.@-]*');
const PATH = pattern('(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)');
const PATH_PREFIX = pattern('\\u002F[\\u0021-\\u007F]*');
const WORD = pattern('[\\w]+');
const PRINTABLE = pattern('[\\u0020-\\u00FF]+');
const DOCUMENT = pattern('[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+');
const DESCRIPTION = pattern('[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*');
const TAG_KEY = pattern('[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+');
const TAG_VALUE = pattern('[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*');

/** A user's name where one is made. */
export const userName = () => string({ min: 1, max: 64, pattern: NAME });
/** A user's name where an existing one is meant; AWS allows more here. */
export const existingUserName = () => string({ min: 1, max: 128, pattern: NAME });
/** A role's name. */
export const roleName = () => string({ min: 1, max: 64, pattern: NAME });
/** A group's name. */
export const groupName = () => string({ min: 1, max: 128, pattern: NAME });
/** A policy's name, managed or inline. */
export const policyName = () => string({ min: 1, max: 128, pattern: NAME });
/** An instance profile's name. */
export const instanceProfileName = () => string({ min: 1, max: 128, pattern: NAME });
/** A virtual MFA device's name. */
export const virtualMfaDeviceName = () => string({ min: 1, pattern: NAME });
/** A SAML provider's name. */
export const samlProviderName = () => string({ min: 1, max: 128, pattern: pattern('[\\w._-]+') });
/** An account alias. */
export const accountAlias = () =>
  string({ min: 3, max: 63, pattern: pattern('[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]') });

/** A path: `/`, or printable ASCII between slashes. */
export const path = () => string({ min: 1, max: 512, pattern: PATH });
/** The path of something new, `/` where it is not sent. */
export const pathOrRoot = () => withDefault(path(), '/');
/** What a listed path begins with, `/` where it is not sent. */
export const pathPrefix = () => withDefault(string({ min: 1, max: 512, pattern: PATH_PREFIX }), '/');

/** An ARN. Whether it names something, and of the right kind, is the action's question. */
export const arn = () =>
  string({
    min: 20,
    max: 2048,
    pattern: pattern(
      '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u{10000}-\\u{10FFFF}]+',
    ),
  });
/** An access key id. */
export const accessKeyIdField = () => string({ min: 16, max: 128, pattern: WORD });
/** A version of a managed policy, `v1`. */
export const versionId = () => string({ pattern: pattern('v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?') });

/** A role session's name. */
export const sessionName = () => string({ min: 2, max: 64, pattern: SESSION_NAME });
/** The name of a federated user. */
export const federatedName = () => string({ min: 2, max: 32, pattern: SESSION_NAME });
/** A source identity. */
export const sourceIdentity = () => string({ min: 2, max: 64, pattern: SESSION_NAME });
/** An external id. */
export const externalId = () => string({ min: 2, max: 1224, pattern: pattern('[\\w+=,.@:\\/-]*') });
/** An MFA device's serial number or ARN. */
export const serialNumber = () => string({ min: 9, max: 256, pattern: pattern('[\\w+=/:,.@-]*') });
/** Six digits from an MFA device. */
export const tokenCode = () => string({ min: 6, max: 6, pattern: pattern('[\\d]*'), secret: true });
/** A token of a web identity provider. */
export const webIdentityToken = () => string({ min: 4, max: 20_000, secret: true });
/** A SAML response, base64. */
export const samlAssertion = () => string({ min: 4, max: 100_000, secret: true });
/** A SAML provider's metadata document. */
export const samlMetadata = () => string({ min: 1000, max: 10_000_000 });
/** Whether a SAML provider must encrypt its assertions. */
export const samlEncryptionMode = () => oneOf(['Required', 'Allowed']);
/** A private key in PEM. */
export const samlPrivateKey = () => string({ min: 1, max: 16_384, pattern: DOCUMENT, secret: true });
/** The id of a SAML provider's private key. */
export const samlKeyId = () => string({ min: 22, max: 64, pattern: pattern('[A-Z0-9]+') });
/** The host name of an OAuth 2.0 provider (`graph.facebook.com`). */
export const providerId = () => string({ min: 4, max: 2048 });

/** The life of a role's credentials in seconds. The role's own maximum may be lower. */
export const roleDurationSeconds = () => integer({ min: 900, max: 43_200 });
/** The life of a user's session in seconds (GetSessionToken, GetFederationToken); twelve hours where it is not sent. */
export const sessionDurationSeconds = () => withDefault(integer({ min: 900, max: 129_600 }), 43_200);
/** The life of a scoped credential in seconds; that of the session where it is not sent. */
export const scopedDurationSeconds = () => integer({ min: 1, max: 129_600 });
/** The least size of a session token in bytes, which is made longer where it would be smaller. */
export const minimumSessionTokenSize = () => withDefault(integer({ min: 0, max: 4096 }), 0);
/** What a scoped credential is for; only the trail reads it. */
export const scopedSessionDescription = () => string({ max: 256 });
/** Assertions of context providers, five at most. */
export const providedContexts = () =>
  list(structure({ ProviderArn: optional(arn()), ContextAssertion: optional(contextAssertion()) }), {
    min: 1,
    max: 5,
  });
const contextAssertion = () => string({ min: 4, max: 2048, secret: true });
/** The longest life, in seconds, that a role gives; one hour where it is not sent. */
export const maxSessionDuration = () => withDefault(integer({ min: 3600, max: 43_200 }), 3600);

/** A policy document; its grammar and its quota are checked by the policy parser. */
export const policyDocument = () => string({ min: 1, max: 131_072, pattern: DOCUMENT });
/** A session policy of AssumeRole: the model names no maximum, the packed size decides. */
export const sessionPolicy = () => string({ min: 1, pattern: DOCUMENT });
/** A session policy of GetFederationToken and of the two unsigned Assume calls. */
export const boundedSessionPolicy = () => string({ min: 1, max: 2048, pattern: DOCUMENT });
/** The managed policies that narrow a session, ten at most: `PolicyArns.member.1.arn`. */
export const policyArns = () => list(structure({ arn: arn() }), { max: 10 });
/** A description. */
export const description = () => string({ max: 1000, pattern: DESCRIPTION });

/** A tag's key. */
export const tagKey = () => string({ min: 1, max: 128, pattern: TAG_KEY });
/** A tag's value; it may be empty. */
export const tagValue = () => string({ max: 256, pattern: TAG_VALUE });
/** Tags, fifty at most. */
export const tags = () => list(structure({ Key: tagKey(), Value: tagValue() }), { max: 50 });
/** The keys of tags, fifty at most. */
export const tagKeys = () => list(tagKey(), { max: 50 });

/** Where a listing goes on, as the answer before said. */
export const marker = () => optional(string({ min: 1, max: 320, pattern: PRINTABLE }));
/** Most entries of one page, 100 where it is not sent. */
export const maxItems = () => withDefault(integer({ min: 1, max: 1000 }), 100);

/** A password; its strength is the password policy's question. */
export const password = () => string({ min: 1, max: 128, pattern: DOCUMENT, secret: true });
/** An OIDC provider's URL. */
export const oidcUrl = () => string({ min: 1, max: 255 });
/** A client id registered with an OIDC provider. */
export const clientId = () => string({ min: 1, max: 255 });
/** A certificate thumbprint: 40 hexadecimal digits. */
export const thumbprint = () => string({ min: 40, max: 40, pattern: pattern('[0-9A-Fa-f]*') });
