/** The APIs of the Query door: version, namespace and list of actions of each. */
import { uniqueBy } from '../../../core/unique.ts';
import type { AnyAction, QueryService } from './action.ts';
import { unsupportedActions } from './unsupported.ts';

export interface QueryApi {
  readonly service: QueryService;
  readonly version: string;
  readonly namespace: string;
  /** What CloudTrail calls the event source. */
  readonly eventSource: string;
  readonly actions: ReadonlyMap<string, AnyAction>;
  /** What AWS's API has and this one refuses, with its reason. */
  readonly unsupported: ReadonlyMap<string, AnyAction>;
}

/** Declares an API. @throws Error when two actions share a name */
export const queryApi = (
  api: Omit<QueryApi, 'actions' | 'unsupported'> & { readonly actions: readonly AnyAction[] },
): QueryApi => ({
  ...api,
  actions: uniqueBy(`${api.service} actions`, api.actions, (action) => action.name),
  unsupported: uniqueBy(
    `unsupported ${api.service} actions`,
    unsupportedActions(api.service),
    (action) => action.name,
  ),
});
