import { expect, test } from 'vitest';
import {
  REPORT_COLUMNS,
  REPORT_HEADER,
  rootLine,
  userLine,
} from '../../../src/core/reports/credential-report.ts';

const NOW = 1_795_521_600;
const plain = {
  name: 'anna',
  arn: 'arn:aws:iam::111122223333:user/anna',
  createdAtSeconds: NOW,
  password: null,
  mfaActive: false,
  keys: [],
};

test('the header is the one that tools read', () => {
  expect(REPORT_HEADER).toBe(
    'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated',
  );
  expect(userLine(plain).split(',')).toHaveLength(REPORT_COLUMNS.length);
});

test('a user without any credential', () => {
  expect(userLine(plain)).toBe(
    'anna,arn:aws:iam::111122223333:user/anna,2026-11-24T12:00:00+00:00,false,N/A,N/A,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A',
  );
});

test('a user with a password and two keys, one of them never used', () => {
  const keys = [
    {
      active: true,
      createdAtSeconds: NOW,
      lastUsedAtSeconds: NOW + 60,
      lastUsedRegion: 'eu-west-1',
      lastUsedService: 'sts',
    },
    {
      active: false,
      createdAtSeconds: NOW + 1,
      lastUsedAtSeconds: null,
      lastUsedRegion: null,
      lastUsedService: null,
    },
  ];
  const password = { lastUsedAtSeconds: null, changedAtSeconds: NOW, expiresAtSeconds: NOW + 86_400 };
  expect(userLine({ ...plain, keys, password, mfaActive: true })).toBe(
    'anna,arn:aws:iam::111122223333:user/anna,2026-11-24T12:00:00+00:00,true,no_information,2026-11-24T12:00:00+00:00,2026-11-25T12:00:00+00:00,true,true,2026-11-24T12:00:00+00:00,2026-11-24T12:01:00+00:00,eu-west-1,sts,false,2026-11-24T12:00:01+00:00,N/A,N/A,N/A,false,N/A,false,N/A',
  );
});

test('the root user', () => {
  const root = { arn: 'arn:aws:iam::111122223333:root', createdAtSeconds: NOW, mfaActive: true };
  expect(rootLine({ ...root, passwordLastUsedAtSeconds: null })).toBe(
    '<root_account>,arn:aws:iam::111122223333:root,2026-11-24T12:00:00+00:00,not_supported,no_information,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A',
  );
});

test('a comma in a name does not move the columns', () => {
  expect(userLine({ ...plain, name: 'a,b', arn: 'arn:aws:iam::111122223333:user/a,b' })).toMatch(
    /^"a,b","arn:aws:iam::111122223333:user\/a,b",2026-/,
  );
});
