/** Loads and compiles the policies of an identity, in the same batch as the identity itself. */
import { and, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { PolicyBundle } from '../core/account.ts';
import { type CompiledPolicy, compilePolicy, denyEverything } from '../core/policy/compile.ts';
import { managedPolicies } from '../core/policy/managed/index.ts';
import { type PolicyKind, readPolicyText } from '../core/policy/parse.ts';
import type { SourcedPolicy } from '../core/policy/types.ts';
import type { Database, Query } from './database.ts';
import { type Entity, policyEntity } from './entity.ts';
import { groupMembers } from './schema/identities.ts';
import { attachments, inlinePolicies, policies, policyVersions } from './schema/policies.ts';

interface InlineRow {
  readonly ownerType: string;
  readonly ownerId: string;
  readonly name: string;
  readonly document: string;
}

interface AttachedRow {
  readonly policyArn: string;
  readonly document: string | null;
}

/** The queries of a user's policies: its own and those of its groups. `userId` may be a subquery. */
export function userPolicyQueries(db: Database, accountId: string, userId: SQL): readonly Query[] {
  const groupIds = db
    .select({ id: groupMembers.groupId })
    .from(groupMembers)
    .where(and(eq(groupMembers.accountId, accountId), eq(groupMembers.userId, userId)));
  const inline = or(
    and(eq(inlinePolicies.ownerType, 'user'), eq(inlinePolicies.ownerId, userId)),
    and(eq(inlinePolicies.ownerType, 'group'), inArray(inlinePolicies.ownerId, groupIds)),
  );
  const attached = or(
    and(eq(attachments.ownerType, 'user'), eq(attachments.ownerId, userId)),
    and(eq(attachments.ownerType, 'group'), inArray(attachments.ownerId, groupIds)),
  );
  return [inlineQuery(db, accountId, inline), attachedQuery(db, accountId, attached)];
}

/** The queries of the policies that a group or role has itself. `ownerId` may be a subquery. */
export function ownPolicyQueries(
  db: Database,
  accountId: string,
  ownerType: 'group' | 'role',
  ownerId: SQL,
): readonly Query[] {
  const inline = and(eq(inlinePolicies.ownerType, ownerType), eq(inlinePolicies.ownerId, ownerId));
  const attached = and(eq(attachments.ownerType, ownerType), eq(attachments.ownerId, ownerId));
  return [inlineQuery(db, accountId, inline), attachedQuery(db, accountId, attached)];
}

const inlineQuery = (db: Database, accountId: string, owner: SQL | undefined): Query =>
  db
    .select({
      ownerType: inlinePolicies.ownerType,
      ownerId: inlinePolicies.ownerId,
      name: inlinePolicies.name,
      document: inlinePolicies.document,
    })
    .from(inlinePolicies)
    .where(and(eq(inlinePolicies.accountId, accountId), owner));

const attachedQuery = (db: Database, accountId: string, owner: SQL | undefined): Query =>
  db
    .select({ policyArn: attachments.policyArn, document: policyVersions.document })
    .from(attachments)
    .leftJoin(
      policies,
      and(eq(policies.accountId, attachments.accountId), eq(policies.arn, attachments.policyArn)),
    )
    .leftJoin(policyVersions, defaultVersion())
    .where(and(eq(attachments.accountId, accountId), owner));

/** Join condition: the default version of the joined policy. */
export const defaultVersion = (): SQL | undefined =>
  and(
    eq(policyVersions.accountId, policies.accountId),
    eq(policyVersions.policyId, policies.policyId),
    eq(policyVersions.version, policies.defaultVersion),
  );

/** The document of one managed policy, by an ARN that may be a subquery: for boundaries and session policies. */
export const managedDocumentQuery = (db: Database, accountId: string, arn: SQL): Query =>
  db
    .select({ policyArn: policies.arn, document: policyVersions.document })
    .from(policies)
    .innerJoin(policyVersions, defaultVersion())
    .where(and(eq(policies.accountId, accountId), sql`${policies.arn} = ${arn}`));

export interface BundleRows {
  readonly accountId: string;
  readonly inline: unknown;
  readonly attached: unknown;
  readonly boundary: unknown;
  readonly boundaryArn: string | null;
}

/** @returns the compiled policies, the entities they depend on, and about how many bytes they hold */
export function readBundle(rows: BundleRows): {
  readonly policies: PolicyBundle;
  readonly entities: readonly Entity[];
  readonly bytes: number;
} {
  const inline = rows.inline as InlineRow[]; // inlineQuery
  const attached = rows.attached as AttachedRow[]; // attachedQuery
  const boundary = rows.boundary as AttachedRow[]; // managedDocumentQuery
  const identity: SourcedPolicy[] = [
    ...inline.map(({ ownerType, ownerId, name, document }) => ({
      // Two groups may have policies of one name: sources must differ within a layer.
      source: `inline policy ${name} of ${ownerType === 'group' ? `group ${ownerId}` : `the ${ownerType}`}`,
      policy: compileStored(document, 'identity'),
      text: document,
    })),
    ...attached.map(({ policyArn, document }) => compileManaged(policyArn, document, 'identity')),
  ];
  const { boundaryArn } = rows;
  const arns = [...attached.map((row) => row.policyArn), ...(boundaryArn === null ? [] : [boundaryArn])];
  return {
    policies: {
      identity,
      boundary:
        boundaryArn === null
          ? null
          : compileManaged(boundaryArn, boundary[0]?.document ?? null, 'permissions-boundary'),
    },
    entities: arns.map((arn) => policyEntity(rows.accountId, arn)),
    bytes: [...inline, ...attached, ...boundary].reduce((sum, row) => sum + weigh(row.document), 0),
  };
}

/** Compiled policies take a few times their text. */
export const weigh = (document: string | null): number => 256 + 8 * (document?.length ?? 0);

/** A managed policy: AWS's own from the code, a customer's from its stored document; a missing one denies everything. */
export function compileManaged(arn: string, document: string | null, kind: PolicyKind): SourcedPolicy {
  const predefined = managedPolicies.get(arn);
  if (predefined !== undefined)
    return { source: arn, policy: compileStored(predefined.text, kind), text: predefined.text };
  if (document === null) return { source: arn, policy: denyEverything('the policy does not exist') };
  return { source: arn, policy: compileStored(document, kind), text: document };
}

/** By kind and text; content never changes under its key, so nothing here goes stale. */
const MAX_COMPILED = 2000;
/** Beside the snapshot's own share; by their weight, for an account may have thousands of long policies. */
const MAX_COMPILED_BYTES = 16 * 1024 * 1024;
let compiledBytes = 0;
const compiled = new Map<string, CompiledPolicy>();

/** Compiles a stored document, once per text: many roles share one managed policy. What cannot be read denies everything. */
export function compileStored(
  document: string,
  kind: PolicyKind,
  pins?: ReadonlyMap<string, string>,
): CompiledPolicy {
  if (pins !== undefined) return compileFresh(document, kind, pins);
  const key = `${kind}\n${document}`;
  const held = compiled.get(key);
  if (held !== undefined) return held;
  const fresh = compileFresh(document, kind);
  if (compiled.size >= MAX_COMPILED || compiledBytes >= MAX_COMPILED_BYTES) {
    compiled.clear();
    compiledBytes = 0;
  }
  compiled.set(key, fresh);
  compiledBytes += weigh(document);
  return fresh;
}

function compileFresh(
  document: string,
  kind: PolicyKind,
  pins?: ReadonlyMap<string, string>,
): CompiledPolicy {
  const parsed = readPolicyText(document, kind);
  return parsed.ok ? compilePolicy(parsed.value, pins) : denyEverything(parsed.failure.message);
}
