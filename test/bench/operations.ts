/** The benched requests: what is sent to the broker, and the same to the bare Worker. */
import { type BenchRequest, plainRequest, signedRequest } from './sign.ts';
import { type BenchWorld, exchangeForm, webIdentityForm } from './world.ts';

export interface Operation {
  readonly name: string;
  /** The broker's path, and the bare Worker's. */
  readonly path: string;
  readonly barePath: string;
  /** How many times the bare Worker's CPU it may take (the design's budgets). */
  readonly budget: number;
  /** @returns whole requests for a server; signed ones hold for five minutes */
  readonly requests: (world: BenchWorld, host: string, path: string) => readonly string[];
}

const FORM = 'application/x-www-form-urlencoded';

const form = (host: string, path: string, body: URLSearchParams): BenchRequest => ({
  host,
  path,
  contentType: FORM,
  body: body.toString(),
});

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'AssumeRoleWithWebIdentity',
    path: '/',
    barePath: '/web-identity',
    budget: 2,
    requests: ({ roleArn, idTokens }, host, path) =>
      idTokens.map((idToken) => plainRequest(form(host, path, webIdentityForm(roleArn, idToken)))),
  },
  {
    name: 'AssumeRole',
    path: '/',
    barePath: '/assume-role',
    budget: 2,
    requests: ({ roleArn, admin }, host, path) => {
      const body = new URLSearchParams({
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: roleArn,
        RoleSessionName: 'bench',
      });
      return [signedRequest(form(host, path, body), admin, new Date())];
    },
  },
  {
    name: 'GetCallerIdentity',
    path: '/',
    barePath: '/identity',
    budget: 2,
    requests: ({ sessions }, host, path) => {
      const body = new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' });
      return sessions.map((session) => signedRequest(form(host, path, body), session, new Date()));
    },
  },
  {
    name: 'token exchange',
    path: '/oauth/token',
    barePath: '/exchange',
    budget: 1.4,
    requests: ({ roleArn, idTokens }, host, path) =>
      idTokens.map((idToken) => plainRequest(form(host, path, exchangeForm(roleArn, idToken)))),
  },
  {
    name: 'token check',
    path: '/access/v1/evaluation',
    barePath: '/check',
    budget: 1.3,
    requests: ({ accessToken }, host, path) => {
      const body = JSON.stringify({
        subject: { type: 'access_token', id: accessToken },
        action: { name: 's3:GetObject' },
        resource: { type: 'arn', id: 'arn:aws:s3:::reports/2026/q1.csv' },
      });
      return [plainRequest({ host, path, contentType: 'application/json', body })];
    },
  },
];
