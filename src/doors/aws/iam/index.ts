import { queryApi } from '../query/service.ts';

/** THE LIST of IAM actions. */
export const iam = queryApi({
  service: 'iam',
  version: '2010-05-08',
  namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  eventSource: 'iam.amazonaws.com',
  actions: [],
});
