/** The actions that trust anchors, CRLs and profiles have in common: get, list, enable, disable, delete. */
import { anywhereArn } from '../../../../core/arn.ts';
import type { AnywhereRows } from '../../../../core/repositories/trust-anchors.ts';
import type { Deps } from '../../../../usecases/deps.ts';
import { type AnyAction, action } from '../../query/action.ts';
import { pattern, string } from '../../query/kinds.ts';
import { nextTokenFields, nextTokenMember, nextTokenOf, pageAskedFor } from '../../query/next-token.ts';
import {
  type CertainShape,
  listOf,
  nothing,
  type OutputMembers,
  type OutputOf,
  record,
} from '../../query/shape.ts';

/** A UUID, as Roles Anywhere names its resources. */
export const uuid = () => string({ min: 36, max: 36, pattern: pattern('[0-9a-f-]+') });

/** A name of such a resource. */
export const anywhereName = () => string({ min: 1, max: 255, pattern: pattern('[ a-zA-Z0-9\\-_]+') });

export interface Family<R, Id extends keyof R, M extends OutputMembers> {
  readonly kind: 'trust-anchor' | 'profile' | 'crl';
  /** In action names: `TrustAnchor`, `TrustAnchors`. */
  readonly noun: string;
  readonly plural: string;
  /** The parameter that names one: `TrustAnchorId`. */
  readonly idField: string;
  readonly rows: (deps: Deps) => AnywhereRows<R, Id>;
  readonly shape: M;
  readonly show: (record: R) => OutputOf<M>;
  /** The change that enables or disables. */
  readonly switched: (enabled: boolean) => Parameters<AnywhereRows<R, Id>['update']>[2];
}

/** What policy is asked about one of a kind. */
export const permissionOf = (verb: string, kind: Family<never, never, never>['kind'], idField: string) => ({
  action: `rolesanywhere:${verb}`,
  resource: (input: Readonly<Record<string, unknown>>, { accountId }: { readonly accountId: string }) =>
    anywhereArn(accountId, kind, String(input[idField] ?? '*')),
});

export function familyActions<R, Id extends keyof R, M extends OutputMembers>(
  family: Family<R, Id, M>,
): readonly AnyAction[] {
  const { kind, noun, plural, idField, rows, show } = family;
  const shape = record(family.shape) as CertainShape<OutputOf<M>>;
  const input = { [idField]: uuid() };
  const idOf = (given: Readonly<Record<string, string>>) => given[idField] ?? '';
  const switching = (verb: 'Enable' | 'Disable') =>
    action({
      name: `${verb}${noun}`,
      auth: 'sigv4',
      audit: 'change',
      input,
      output: { [noun]: shape },
      permission: permissionOf(`${verb}${noun}`, kind, idField),
      run: async (given, { caller, deps, changeEvent }) => {
        const change = family.switched(verb === 'Enable');
        return {
          [noun]: show(await rows(deps).update(caller.accountId, idOf(given), change, changeEvent)),
        } as never; // the shape above
      },
    });
  return [
    action({
      name: `Get${noun}`,
      auth: 'sigv4',
      audit: 'read',
      input,
      output: { [noun]: shape },
      permission: permissionOf(`Get${noun}`, kind, idField),
      run: async (given, { caller, deps }) =>
        ({ [noun]: show(await rows(deps).require(caller.accountId, idOf(given))) }) as never, // the shape above
    }),
    action({
      name: `List${plural}`,
      auth: 'sigv4',
      audit: 'read',
      input: nextTokenFields,
      output: { [plural]: listOf(shape), ...nextTokenMember },
      permission: permissionOf(`List${plural}`, kind, idField),
      run: async (given, { caller, deps }) => {
        const page = await rows(deps).list(caller.accountId, pageAskedFor(kind, given));
        return { [plural]: page.items.map(show), ...nextTokenOf(kind, page) } as never; // the shape above
      },
    }),
    switching('Enable'),
    switching('Disable'),
    action({
      name: `Delete${noun}`,
      auth: 'sigv4',
      audit: 'change',
      input,
      output: nothing,
      permission: permissionOf(`Delete${noun}`, kind, idField),
      run: async (given, { caller, deps, changeEvent }) => {
        await rows(deps).remove(caller.accountId, idOf(given), changeEvent);
      },
    }),
  ];
}
