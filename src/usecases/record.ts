/** Makes audit events of what a door did, and sends each by its class. */
import { boundMembers } from '../core/audit/bound.ts';
import type { AuditEvent, AuditIdentity, AuditOutcome } from '../core/audit/event.ts';
import type { RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { formatTimedUuid } from '../core/ids.ts';
import type { Random } from '../core/ports.ts';

const UUID_BYTES = 16;
const MAX_MESSAGE = 1024;
/** The caller chooses it: policies compare it whole, the trail keeps what a region may have. */
const MAX_REGION = 64;

/** What a door says of one operation. */
export interface Operation {
  readonly accountId: string;
  readonly source: string;
  readonly name: string;
  readonly identity: AuditIdentity;
  readonly readOnly: boolean;
  readonly parameters: Readonly<Record<string, unknown>> | null;
}

export interface OperationResult {
  readonly elements?: Readonly<Record<string, unknown>> | null;
  readonly fault?: Fault;
}

/** @returns the event; a fault's detail goes with it, for the administrator alone */
export function eventOf(
  operation: Operation,
  result: OperationResult,
  facts: RequestFacts & { readonly region?: string | null },
  random: Random,
): AuditEvent {
  const { fault, elements } = result;
  const outcome: AuditOutcome = fault?.code ?? 'success';
  return {
    eventId: formatTimedUuid(facts.nowMilliseconds, random.bytes(UUID_BYTES)),
    accountId: operation.accountId,
    atMilliseconds: facts.nowMilliseconds,
    eventSource: operation.source,
    eventName: operation.name,
    identity: operation.identity,
    outcome,
    sourceIp: facts.sourceIp,
    userAgent: facts.userAgent,
    requestId: facts.requestId,
    ...(facts.region != null && { region: facts.region.slice(0, MAX_REGION) }),
    readOnly: operation.readOnly,
    requestParameters: operation.parameters === null ? null : boundMembers(operation.parameters),
    responseElements: elements ?? null,
    errorMessage: fault?.message.slice(0, MAX_MESSAGE) ?? null,
    ...(fault !== undefined &&
      Object.keys(fault.detail).length > 0 && { detail: boundMembers(fault.detail) }),
  };
}

/** Whatever was thrown, as a fault: what nobody foresaw is an internal failure that refuses. */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  // A wrapper repeats what it was given, such as a query with its values; what went wrong is the cause.
  if (error instanceof Error && error.cause instanceof Error) return asFault(error.cause);
  return new Fault('internal_failure', 'internal failure', {
    reason: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown',
  });
}
