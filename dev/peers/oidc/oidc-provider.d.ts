/** The slice of npm `oidc-provider` that the stand-in and the bench use; the package brings no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Interaction {
    readonly uid: string;
    readonly prompt: { readonly name: string };
    readonly params: Readonly<Record<string, unknown>>;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface AccessToken {
    resourceServer: object;
    readonly expiration: number;
    readonly tokenType: string;
    save(): Promise<string>;
  }

  /** The request context that configuration functions get. */
  export interface Context {
    type: string;
    body: string | object;
    readonly oidc: {
      readonly provider: Provider;
      readonly client: { readonly clientId: string };
      readonly session: { readonly accountId: string };
      readonly params: { readonly scope?: string; readonly [name: string]: string | undefined };
    };
  }

  export interface ProviderError {
    readonly error: string;
    readonly error_description?: string;
  }

  /** The order in which people are asked things. */
  export const interactionPolicy: {
    base(): { add(prompt: object, at: number): void };
    readonly Prompt: new (about: { readonly name: string; readonly requestable: boolean }) => object;
  };

  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    readonly Client: { readonly prototype: { redirectUriAllowed(uri: string): boolean } };
    readonly Grant: new (properties: {
      accountId: string;
      clientId: string;
    }) => Grant;
    readonly ResourceServer: new (
      identifier: string,
      info: object,
    ) => object;
    readonly ClientCredentials: new (
      properties: object,
    ) => AccessToken;
    registerGrantType(
      name: string,
      handler: (context: Context) => Promise<void>,
      parameters: readonly string[],
    ): void;
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: Readonly<Record<string, unknown>>,
      options: { mergeWithLastSubmission: boolean },
    ): Promise<void>;
  }
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  /** A store of its own for each provider. Named openly, it needs no warning at start. */
  export function createMemoryAdapter(clockToleranceSeconds?: number): (model: string) => object;
}
