/** When keys, roles, sessions and services were last used, as events tell it. */
import { membersOf, type TrailEvent, textOf } from './trail-event.ts';

/** The last use of a long-term access key, a role or a session. */
export interface LastUseFact {
  readonly accountId: string;
  readonly kind: 'access-key' | 'role' | 'session';
  readonly id: string;
  readonly atMilliseconds: number;
  readonly region: string | null;
  readonly service: string;
}

/** When a user or a role last asked for an action of a service, allowed or not. */
export interface ServiceAccessFact {
  readonly accountId: string;
  readonly principalId: string;
  readonly service: string;
  readonly action: string;
  readonly atMilliseconds: number;
  readonly region: string | null;
}

/** @returns of each key, role and session its newest use */
export const lastUsesIn = (events: readonly TrailEvent[]): readonly LastUseFact[] =>
  newest(events, usesIn, ({ accountId, kind, id }) => [accountId, kind, id]);

/** @returns of each user or role and action the newest moment */
export const serviceAccessesIn = (events: readonly TrailEvent[]): readonly ServiceAccessFact[] =>
  newest(events, accessesIn, ({ accountId, principalId, service, action }) => [
    accountId,
    principalId,
    service,
    action,
  ]);

function newest<Fact extends { readonly atMilliseconds: number }>(
  events: readonly TrailEvent[],
  factsIn: (event: TrailEvent) => readonly Fact[],
  keyOf: (fact: Fact) => readonly string[],
): readonly Fact[] {
  const found = new Map<string, Fact>();
  for (const event of events) {
    for (const fact of factsIn(event)) {
      const key = JSON.stringify(keyOf(fact)); // no text can look like two
      const known = found.get(key);
      if (known === undefined || known.atMilliseconds < fact.atMilliseconds) found.set(key, fact);
    }
  }
  return [...found.values()];
}

const NOTHING: readonly never[] = [];

function usesIn(event: TrailEvent): readonly LastUseFact[] {
  const identity = membersOf(event.body.userIdentity);
  const ids = [
    ['access-key', longTermKeyIn(identity.accessKeyId)],
    ['role', identity.type === 'AssumedRole' ? roleIdIn(identity.principalId) : null],
    ['session', textOf(identity.sessionId)],
  ] as const;
  const { accountId, atMilliseconds } = event;
  return ids.flatMap(([kind, id]) =>
    id === null
      ? NOTHING
      : { accountId, kind, id, atMilliseconds, region: regionOf(event), service: serviceOf(event) },
  );
}

const accessesIn = (event: TrailEvent): readonly ServiceAccessFact[] => [
  ...ownAccess(event),
  ...evaluatedAccess(event),
];

/** What users and roles asked of Daypass itself. */
function ownAccess(event: TrailEvent): readonly ServiceAccessFact[] {
  const { type, principalId } = membersOf(event.body.userIdentity);
  if (type !== 'AssumedRole' && type !== 'IAMUser') return NOTHING;
  const principal = type === 'AssumedRole' ? roleIdIn(principalId) : textOf(principalId);
  if (principal === null || principal === '') return NOTHING;
  const { accountId, atMilliseconds, eventName: action } = event;
  const service = serviceOf(event);
  return [{ accountId, principalId: principal, service, action, atMilliseconds, region: regionOf(event) }];
}

/** What resource servers asked about users and roles: the service that the action names. */
function evaluatedAccess({
  accountId,
  atMilliseconds,
  eventName,
  outcome,
  body,
}: TrailEvent): readonly ServiceAccessFact[] {
  if (eventName !== 'Evaluate' || outcome !== 'success') return NOTHING;
  const principalId = textOf(membersOf(body.responseElements).subjectId);
  const asked = textOf(membersOf(body.requestParameters).action) ?? '';
  const colon = asked.indexOf(':');
  if (principalId === null || colon < 1) return NOTHING;
  const [service, action] = [asked.slice(0, colon).toLowerCase(), asked.slice(colon + 1)];
  return [{ accountId, principalId, service, action, atMilliseconds, region: null }];
}

/** `sts.amazonaws.com` is the service `sts`. */
const serviceOf = ({ eventSource }: TrailEvent): string => eventSource.replaceAll('.amazonaws.com', '');
const regionOf = ({ body }: TrailEvent): string | null => textOf(body.awsRegion);

function longTermKeyIn(accessKeyId: unknown): string | null {
  const id = textOf(accessKeyId);
  return id?.startsWith('AKIA') === true ? id : null;
}

/** `AROA…:name` is the role `AROA…`. @returns null where no role is named */
function roleIdIn(principalId: unknown): string | null {
  const text = textOf(principalId) ?? '';
  const colon = text.indexOf(':');
  return colon < 1 ? null : text.slice(0, colon);
}
