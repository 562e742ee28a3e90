import type { ClientAuthentication } from './method.ts';

/** Id and secret in the form. @see RFC 6749 section 2.3.1 */
export const clientSecretPost: ClientAuthentication = {
  name: 'client_secret_post',
  read: (_request, parameters) => {
    const proof = parameters.get('client_secret');
    if (proof === undefined) return null;
    return { method: 'client_secret_post', clientId: parameters.get('client_id') ?? '', proof };
  },
};
