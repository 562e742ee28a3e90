import { ListServerCertificatesCommand, ListSSHPublicKeysCommand } from '@aws-sdk/client-iam';
import { AssumeRootCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedFetch } from '../../../dev/demo/signed-fetch.ts';
import { iam } from '../../../src/doors/aws/iam/index.ts';
import { unsupportedReasons } from '../../../src/doors/aws/query/unsupported.ts';
import { sts } from '../../../src/doors/aws/sts/index.ts';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { refusal, signedForm, userWith } from './iam/support.ts';

/** Buffered events reach the trail within about a second. */
const POLL = { timeout: 20_000, interval: 100 };

let daypass: Daypass;

beforeAll(async () => {
  daypass = await startDaypass();
});
afterAll(() => daypass.stop());

const APIS = [
  [iam, '2010-05-08'],
  [sts, '2011-06-15'],
] as const;
const ALL = APIS.flatMap(([api, version]) =>
  Array.from(unsupportedReasons(api.service), ([name, reason]) => ({ api, version, name, reason })),
);

describe('an action that Daypass will not have', () => {
  test.for(ALL)('$name asks for a signature first', async ({ name, version }) => {
    const body = new URLSearchParams({ Action: name, Version: version });
    const answer = await daypass.fetch('/', { method: 'POST', body });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  test.for(ALL.filter(({ api }) => api === iam))(
    '$name tells a signed caller its reason',
    async ({ name, version, reason }) => {
      const form = new URLSearchParams({ Action: name, Version: version });
      const answer = await signedForm(daypass, daypass.bootstrap.admin, form);
      expect(answer.status).toBe(404);
      const text = await answer.text();
      expect(text).toContain('<Code>NotSupportedService</Code>');
      expect(text).toContain(`<Message>${name} is not supported: ${reason}</Message>`);
    },
  );

  test.for(APIS)('is not implemented beside: %#', ([api]) => {
    expect([...api.unsupported.keys()].filter((name) => api.actions.has(name))).toEqual([]);
    expect(api.unsupported.size).toBe(unsupportedReasons(api.service).size);
  });

  test('is an exception that the SDK knows, the same for who may do nothing', async () => {
    const answer = {
      name: 'ServiceNotSupportedException',
      status: 404,
      message:
        'ListServerCertificates is not supported: Daypass terminates no TLS for other servers and keeps no server certificates',
    };
    const own = await userWith(daypass, 'nobody');
    expect(await refusal(daypass.iam().send(new ListServerCertificatesCommand({})))).toEqual(answer);
    expect(await refusal(own.send(new ListServerCertificatesCommand({})))).toEqual(answer);
  });

  test('is an unknown action of STS, which has no other code, with the reason in the text', async () => {
    const call = daypass.sts().send(
      new AssumeRootCommand({
        TargetPrincipal: '111122223333',
        TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' },
      }),
    );
    expect(await refusal(call)).toMatchObject({
      name: 'InvalidAction',
      status: 400,
      message: 'AssumeRoot is not supported: accounts of one Daypass form no AWS organization',
    });
  });

  test('is refused to a key that does not exist, like any other', async () => {
    const stranger = daypass.iam({ accessKeyId: 'AKIAQFZVGZ6OIZKW2P4A', secretAccessKey: 'x'.repeat(40) });
    const { name, status } = await refusal(stranger.send(new ListSSHPublicKeysCommand({})));
    expect({ name, status }).toEqual({ name: 'InvalidClientTokenId', status: 403 });
  });

  test('stands in the trail as a refusal', async () => {
    const { bootstrap, url } = daypass;
    await refusal(daypass.iam().send(new ListSSHPublicKeysCommand({})));
    await expect
      .poll(async () => {
        const page = await signedFetch(
          `${url}/v1/events?action=iam:ListSSHPublicKeys`,
          '',
          bootstrap.admin,
          'GET',
        );
        const { events } = (await page.json()) as { events: readonly Record<string, unknown>[] }; // the events door's shape
        return events.map(({ eventName, errorCode }) => ({ eventName, errorCode }))[0];
      }, POLL)
      .toEqual({ eventName: 'ListSSHPublicKeys', errorCode: 'InvalidAction' });
  });

  test('of another version is an unknown action', async () => {
    const form = new URLSearchParams({ Action: 'ListSSHPublicKeys', Version: '2010-05-09' });
    const answer = await signedForm(daypass, daypass.bootstrap.admin, form);
    expect(await answer.text()).toContain('<Code>InvalidAction</Code>');
  });
});
