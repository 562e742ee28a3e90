/** A broker with one trusted issuer and one role for alice, set up through the IAM API as an administrator would. */
import {
  CreateAccessKeyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import type { JWTPayload } from 'jose';
import { type Credentials, type Daypass, type DaypassOptions, startDaypass } from './daypass.ts';
import { type SignOptions, startOidcProvider, type TestIssuer } from './oidc-provider.ts';

export const CLIENT_ID = 'reports-app';

export interface Scenario {
  readonly daypass: Daypass;
  readonly issuer: TestIssuer;
  /** Prefix of the issuer's condition keys. */
  readonly prefix: string;
  readonly providerArn: string;
  /** The role `reader`: trusts alice, may `s3:GetObject` on `arn:aws:s3:::reports/*`. */
  readonly roleArn: string;
  /** An ID token for alice and the registered client, unless other claims are given. */
  idToken(claims?: JWTPayload, options?: SignOptions): Promise<string>;
  /** Makes a role. @param trust - one statement or several; `Principal` is the provider unless given */
  makeRole(name: string, trust: object, options?: { readonly maxSeconds?: number }): Promise<string>;
  /** Puts the one inline policy of a role. */
  allow(roleName: string, ...statements: readonly object[]): Promise<void>;
  /** Makes a user with an access key and, where given, an inline policy. */
  makeUser(name: string, ...statements: readonly object[]): Promise<Credentials>;
  stop(): Promise<void>;
}

export const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** Starts it. Call `stop` in afterAll. */
export async function startScenario(options: DaypassOptions = {}): Promise<Scenario> {
  const [daypass, issuer] = await Promise.all([startDaypass(options), startOidcProvider()]);
  const iam = daypass.iam();
  const prefix = issuer.issuer.replace(/^https?:\/\//, '');
  const provider = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: [CLIENT_ID, 'second-app'] }),
  );
  const providerArn = provider.OpenIDConnectProviderArn ?? '';

  const makeRole: Scenario['makeRole'] = async (RoleName, trust, { maxSeconds } = {}) => {
    const AssumeRolePolicyDocument = policy({
      Effect: 'Allow',
      Principal: { Federated: providerArn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      ...trust,
    });
    const made = await iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument,
        ...(maxSeconds !== undefined && { MaxSessionDuration: maxSeconds }),
      }),
    );
    return made.Role?.Arn ?? '';
  };
  const allow: Scenario['allow'] = async (RoleName, ...statements) => {
    const PolicyDocument = policy(...statements);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument }));
  };
  const roleArn = await makeRole('reader', {
    Condition: { StringEquals: { [`${prefix}:aud`]: CLIENT_ID, [`${prefix}:sub`]: 'alice' } },
  });
  await allow('reader', { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/*' });

  return {
    daypass,
    issuer,
    prefix,
    providerArn,
    roleArn,
    makeRole,
    allow,
    idToken: (claims = {}, signOptions) => {
      const nowSeconds = daypass.nowSeconds();
      const usual = { sub: 'alice', aud: CLIENT_ID, iat: nowSeconds, exp: nowSeconds + 3600 };
      return issuer.signIdToken({ ...usual, ...claims }, signOptions);
    },
    makeUser: async (UserName, ...statements) => {
      await iam.send(new CreateUserCommand({ UserName }));
      if (statements.length > 0) {
        const PolicyDocument = policy(...statements);
        await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'inline', PolicyDocument }));
      }
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
      return {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      };
    },
    stop: async () => {
      await Promise.all([daypass.stop(), issuer.stop()]);
    },
  };
}

/** Keys as the SDK answers them, as the SDK takes them. */
export const credentialsFrom = (
  answered:
    | {
        readonly AccessKeyId?: string | undefined;
        readonly SecretAccessKey?: string | undefined;
        readonly SessionToken?: string | undefined;
      }
    | undefined,
): Required<Credentials> => ({
  accessKeyId: answered?.AccessKeyId ?? '',
  secretAccessKey: answered?.SecretAccessKey ?? '',
  sessionToken: answered?.SessionToken ?? '',
});
