import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readForm } from '../oidc/form.ts';

/** An app registered with the stand-in. */
export interface GraphApp {
  readonly id: string;
  readonly secret: string;
}

/** A user access token as the Graph knows it. */
interface IssuedToken {
  readonly appId: string;
  readonly userId: string;
  readonly type: string;
  /** Seconds since 1970; 0 for one that does not expire. */
  readonly expiresAt: number;
  isValid: boolean;
}

/** What the stand-in does; tests reach it directly, people by `POST /access-token`. */
export interface Graph {
  /** Issues a token, as an app's login would. */
  issue(token: { appId: string; userId: string; type?: string; expiresAt?: number }): string;
  /** Ends a token, as a person does in the settings of the account. */
  end(token: string): void;
  /** @returns whether the request was one for the Graph, and is answered */
  serve(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

/**
 * A stand-in for the two calls of Facebook's Graph API that vouch for a user access token. It refuses what the real one
 * refuses: a wrong app secret, a missing or wrong appsecret_proof, a token that it did not issue.
 */
export function makeGraph(apps: readonly GraphApp[]): Graph {
  const tokens = new Map<string, IssuedToken>();

  const issue: Graph['issue'] = ({ appId, userId, type = 'USER', expiresAt }) => {
    const token = `EAA${randomBytes(30).toString('hex')}`;
    const inAnHour = Math.floor(Date.now() / 1000) + 3600;
    tokens.set(token, { appId, userId, type, expiresAt: expiresAt ?? inAnHour, isValid: true });
    return token;
  };

  const debugToken = (query: URLSearchParams): Answer => {
    const [appId, secret] = (query.get('access_token') ?? '').split('|');
    const app = apps.find(({ id }) => id === appId);
    if (app === undefined || !isSame(app.secret, secret ?? '')) {
      return graphError(400, 101, 'Error validating application. Invalid application ID.');
    }
    const token = tokens.get(query.get('input_token') ?? '');
    if (token === undefined) {
      const error = { code: 190, message: 'Invalid OAuth access token.' };
      return [200, { data: { error, is_valid: false, scopes: [] } }];
    }
    if (token.appId !== app.id) {
      return graphError(400, 100, '(#100) The App_id in the input_token did not match the Viewing App');
    }
    const { userId, type, expiresAt, isValid } = token;
    return [
      200,
      {
        data: {
          app_id: app.id,
          type,
          application: 'Stand-in',
          expires_at: expiresAt,
          is_valid: isValid,
          scopes: ['public_profile'],
          user_id: userId,
        },
      },
    ];
  };

  const me = (query: URLSearchParams): Answer => {
    const text = query.get('access_token') ?? '';
    const token = tokens.get(text);
    if (token === undefined || !token.isValid) return graphError(400, 190, 'Invalid OAuth access token.');
    const app = apps.find(({ id }) => id === token.appId);
    const proof = createHmac('sha256', app?.secret ?? '')
      .update(text)
      .digest('hex');
    if (app === undefined || !isSame(proof, query.get('appsecret_proof') ?? '')) {
      return graphError(400, 100, 'Invalid appsecret_proof provided in the API argument');
    }
    return [200, { id: token.userId }];
  };

  /** Whoever asks gets a token: only a stand-in may do this. Form: `app_id`, `user_id`, and as wanted `expires_in`. */
  const issueOverHttp = async (request: IncomingMessage): Promise<Answer> => {
    const form = await readForm(request);
    const [appId, userId] = [form.get('app_id'), form.get('user_id')];
    if (appId === null || userId === null) return [400, { error: '`app_id` and `user_id` are needed' }];
    const expiresAt = Math.floor(Date.now() / 1000) + Number(form.get('expires_in') ?? 3600);
    return [200, { access_token: issue({ appId, userId, expiresAt }), token_type: 'bearer' }];
  };

  return {
    issue,
    end: (token) => {
      const held = tokens.get(token);
      if (held !== undefined) held.isValid = false;
    },
    serve: async (request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      let answer: Answer;
      if (request.method === 'GET' && url.pathname === '/debug_token') answer = debugToken(url.searchParams);
      else if (request.method === 'GET' && url.pathname === '/me') answer = me(url.searchParams);
      else if (request.method === 'POST' && url.pathname === '/access-token') {
        answer = await issueOverHttp(request);
      } else return false;
      response.writeHead(answer[0], { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(`${JSON.stringify(answer[1])}\n`);
      return true;
    },
  };
}

type Answer = readonly [status: number, body: object];

const graphError = (status: number, code: number, message: string): Answer => [
  status,
  { error: { message, type: 'OAuthException', code } },
];

const isSame = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
