/** A broker that trusts one SAML identity provider, and a role that the provider may grant. */
import {
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  GetSAMLProviderCommand,
  type GetSAMLProviderCommandOutput,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleWithSAMLCommand, type AssumeRoleWithSAMLCommandInput } from '@aws-sdk/client-sts';
import { type Daypass, type DaypassOptions, startDaypass } from './daypass.ts';
import { makeSamlIdp, type SamlTarget, type Saying, type TestSamlIdp } from './saml-idp.ts';
import { policy } from './scenario.ts';

export const AWS_ATTRIBUTE = 'https://aws.amazon.com/SAML/Attributes/';

export interface SamlScenario {
  readonly daypass: Daypass;
  readonly idp: TestSamlIdp;
  readonly providerArn: string;
  readonly providerId: string;
  /** The role `reader`: trusts the provider for its own recipient. */
  readonly roleArn: string;
  target(): SamlTarget;
  /** The attributes that grant a role to a session called alice, and others. */
  granting(
    roleArn: string,
    more?: Readonly<Record<string, readonly string[]>>,
  ): Record<string, readonly string[]>;
  /** A response for alice that grants `reader`, unless something else is said; as XML. */
  say(saying?: Saying): Promise<string>;
  assume(xml: string, over?: Partial<AssumeRoleWithSAMLCommandInput>): ReturnType<typeof sendAssume>;
  /** Makes a role. @param trust - one statement; principal and action are the usual ones unless given */
  makeRole(name: string, trust?: object, options?: { readonly maxSeconds?: number }): Promise<string>;
  show(): Promise<GetSAMLProviderCommandOutput>;
  stop(): Promise<void>;
}

const sendAssume = (daypass: Daypass, input: AssumeRoleWithSAMLCommandInput) =>
  daypass.sts().send(new AssumeRoleWithSAMLCommand(input));

export const base64 = (xml: string): string => Buffer.from(xml, 'utf8').toString('base64');

/** Starts it. Call `stop` in afterAll. */
export async function startSamlScenario(options: DaypassOptions = {}): Promise<SamlScenario> {
  const [daypass, idp] = await Promise.all([startDaypass(options), makeSamlIdp()]);
  const iam = daypass.iam();
  const { SAMLProviderArn: providerArn = '' } = await iam.send(
    new CreateSAMLProviderCommand({ Name: 'idp', SAMLMetadataDocument: idp.metadata }),
  );
  const show = () => iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: providerArn }));
  const { SAMLProviderUUID: providerId = '' } = await show();
  const base = `${daypass.url}/saml/${providerId}`;
  const target = (): SamlTarget => ({
    entityId: `${base}/metadata`,
    assertionConsumerUrl: `${base}/acs`,
    nowSeconds: daypass.nowSeconds(),
  });
  const makeRole: SamlScenario['makeRole'] = async (RoleName, trust = {}, { maxSeconds } = {}) => {
    const AssumeRolePolicyDocument = policy({
      Effect: 'Allow',
      Principal: { Federated: providerArn },
      Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession', 'sts:SetSourceIdentity'],
      Condition: { StringEquals: { 'SAML:aud': `${base}/acs` } },
      ...trust,
    });
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument,
        ...(maxSeconds !== undefined && { MaxSessionDuration: maxSeconds }),
      }),
    );
    return Role?.Arn ?? '';
  };
  const roleArn = await makeRole('reader');
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'reader',
      PolicyName: 'inline',
      PolicyDocument: policy({ Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' }),
    }),
  );
  const granting: SamlScenario['granting'] = (role, more = {}) => ({
    [`${AWS_ATTRIBUTE}Role`]: [`${role},${providerArn}`],
    [`${AWS_ATTRIBUTE}RoleSessionName`]: ['alice'],
    ...more,
  });
  return {
    daypass,
    idp,
    providerArn,
    providerId,
    roleArn,
    target,
    granting,
    makeRole,
    show,
    say: (saying = {}) =>
      idp.say(target(), { ...saying, content: { attributes: granting(roleArn), ...saying.content } }),
    assume: (xml, over) =>
      sendAssume(daypass, {
        RoleArn: roleArn,
        PrincipalArn: providerArn,
        SAMLAssertion: base64(xml),
        ...over,
      }),
    stop: () => daypass.stop(),
  };
}
