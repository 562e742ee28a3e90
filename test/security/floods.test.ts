import { CreateUserCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessKeyOf, allow, policy, refusal, signedForm, userWith } from '../doors/aws/iam/support.ts';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';

let daypass: Daypass;
let account: string;

beforeAll(async () => {
  daypass = await startDaypass();
  account = daypass.bootstrap.accountId;
});
afterAll(() => daypass.stop());

/** The longest unsigned call there is, and every character of it costs most when it is written down. */
const longCall = (): URLSearchParams => {
  const form = new URLSearchParams({
    ...{ Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15', RoleSessionName: 'flood' },
    ...{ RoleArn: `arn:aws:iam::${account}:role/absent`, WebIdentityToken: 'none' },
  });
  for (let number = 1; number <= 10; number += 1) {
    form.set(`PolicyArns.member.${number}.arn`, `arn:aws:iam::${account}:policy/${'"'.repeat(2000)}`);
  }
  return form;
};

describe('the trail', () => {
  test('a flood of long unsigned calls does not keep others from being served', async () => {
    const flood = Array.from({ length: 300 }, () =>
      daypass.fetch('/', { method: 'POST', body: longCall() }).then((answer) => answer.text()),
    );
    const nobody = await userWith(daypass, 'bystander');
    const seen = new Set<string>();
    for (let turn = 0; turn < 20; turn += 1) {
      const said = await refusal(nobody.send(new CreateUserCommand({ UserName: 'x' })));
      seen.add(`${said.status} ${said.name}`);
    }
    await Promise.all(flood);
    expect([...seen]).toEqual(['403 AccessDenied']);
    await expect
      .poll(
        () =>
          daypass.d1
            .prepare("SELECT count(*) FROM audit_events WHERE event_name = 'AssumeRoleWithWebIdentity'")
            .first<number>('count(*)'),
        { timeout: 15_000 },
      )
      .toBeGreaterThan(100);
    expect(daypass.logs.filter((line) => line.includes('"audit.'))).toEqual([]);
  });

  test('a call as long as a body may be is still written down, and so is what comes after it', async () => {
    const admin = daypass.iam();
    await admin.send(new CreateUserCommand({ UserName: 'verbose' }));
    const key = await accessKeyOf(admin, 'verbose');
    const form = new URLSearchParams({
      ...{ Action: 'SimulateCustomPolicy', Version: '2010-05-08' },
      ...{ 'ActionNames.member.1': 's3:GetObject', 'PolicyInputList.member.1': policy(allow('*')) },
      'ContextEntries.member.1.ContextKeyName': 'aws:username',
    });
    for (let number = 1; number <= 160; number += 1) {
      form.set(`ContextEntries.member.1.ContextKeyValues.member.${number}`, '\u0001'.repeat(2048));
    }
    const answer = await signedForm(daypass, key, form);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
    const later = await refusal(daypass.iam(key).send(new CreateUserCommand({ UserName: 'verbose-too' })));
    expect(later).toMatchObject({ name: 'AccessDenied', status: 403 });
    await expect
      .poll(
        async () => {
          const { results } = await daypass.d1
            .prepare(
              "SELECT event_name AS name, length(body) AS size FROM audit_events WHERE principal_arn LIKE '%user/verbose' AND outcome = 'access_denied' ORDER BY at_milliseconds",
            )
            .all<{ name: string; size: number }>();
          return results.map(({ name, size }) => [name, size < 40_000]);
        },
        { timeout: 15_000 },
      )
      .toEqual([
        ['SimulateCustomPolicy', true],
        ['CreateUser', true],
      ]);
  });
});
