/**
 * Text to checked document. `parsePolicy` is for saving: it refuses what AWS refuses, in AWS's order and words.
 * `readPolicyText` and `readPolicy` are for evaluating what was saved or handed in: they check the shape, and that
 * nothing is missing whose absence would widen a statement; whatever they refuse must deny.
 * @see IAM User Guide, reference_policies_grammar
 */
import { failure, type Result, success } from '../result.ts';
import type { PolicyDocument, PolicyKind } from './document.ts';
import { faultOf, type PolicyFault, Refused, refuse, refuseSyntax } from './fault.ts';
import { checkActionForms, checkActionsExist, checkTrustActions } from './grammar/actions.ts';
import type { Draft } from './grammar/draft.ts';
import { type JsonNode, nodeOf } from './grammar/json-node.ts';
import { readJson } from './grammar/json-reader.ts';
import { checkLegacy } from './grammar/legacy.ts';
import { checkNoPrincipals, checkPrincipals, checkResourceControl } from './grammar/principals.ts';
import { checkNoResources, checkResourcesExist } from './grammar/resource-presence.ts';
import { checkResourceForms } from './grammar/resources.ts';
import { checkSidCharacters, checkSidsUnique } from './grammar/statement-ids.ts';
import { readDraft } from './grammar/syntax.ts';
import { toDocument } from './grammar/to-document.ts';
import { openWebIdentityStatement } from './guard.ts';

export type { PolicyKind } from './document.ts';

/** The longest document read at all; the quotas of `limits.ts` are far below. */
const MAX_TEXT_CHARACTERS = 131_072;

/**
 * Checks a document that is to be saved.
 * @returns the document, or the first fault in AWS's order: syntax, version, legacy parsing, Sid, principals, actions,
 *   resources; for trust policies at last the web-identity guard
 */
export function parsePolicy(text: string, kind: PolicyKind): Result<PolicyDocument, PolicyFault> {
  return caught(text, () => {
    checkCharacters(text);
    const draft = readDraft(readText(text));
    checkVersion(draft, kind);
    checkLegacy(draft);
    checkSidsUnique(draft);
    if (kind !== 'resource') checkSidCharacters(draft);
    checkPrincipalsOf(draft, kind);
    checkActionsExist(draft);
    checkResourceForms(draft);
    checkActionForms(draft);
    if (kind === 'trust') checkTrustActions(draft);
    checkResourcesOf(draft, kind);
    const document = toDocument(draft);
    if (kind === 'trust') checkWebIdentity(draft, document);
    return document;
  });
}

/**
 * Reads a document for evaluating it, of either version.
 * @returns the document, or the fault for which it must deny everything
 */
export function readPolicyText(text: string, kind: PolicyKind): Result<PolicyDocument, PolicyFault> {
  return caught(text, () => evaluable(readText(text), kind));
}

/** As `readPolicyText`, for an already parsed value; faults have no line and column. */
export function readPolicy(value: unknown, kind: PolicyKind): Result<PolicyDocument, PolicyFault> {
  return caught(null, () => {
    const node = nodeOf(value);
    return node === null ? refuseSyntax(-1, '', 'the document is not JSON') : evaluable(node, kind);
  });
}

function evaluable(node: JsonNode, kind: PolicyKind): PolicyDocument {
  const draft = readDraft(node);
  checkActionsExist(draft);
  checkPresence(draft, kind);
  return toDocument(draft);
}

/** Without Principal a statement would be about everybody, without Resource about everything. */
function checkPresence(draft: Draft, kind: PolicyKind): void {
  const namesPrincipals = kind === 'trust' || kind === 'resource' || kind === 'rcp';
  if (!namesPrincipals) checkNoPrincipals(draft);
  for (const { principal, resource, at, path } of draft.statements) {
    const place = { at, path };
    if (principal === null && (kind === 'trust' || kind === 'resource')) {
      refuse(place, 'Missing required field Principal', '`Principal` is missing');
    }
    if (resource === null && kind !== 'trust') {
      refuse(place, 'Policy statement must contain resources.', 'the statement names no resource');
    }
  }
}

function checkPrincipalsOf(draft: Draft, kind: PolicyKind): void {
  switch (kind) {
    case 'identity':
    case 'permissions-boundary':
    case 'session':
    case 'scp':
      checkNoPrincipals(draft);
      return;
    case 'trust':
    case 'resource':
      checkPrincipals(draft);
      return;
    case 'rcp':
      checkResourceControl(draft);
      return;
  }
}

function checkResourcesOf(draft: Draft, kind: PolicyKind): void {
  if (kind === 'trust') checkNoResources(draft);
  else checkResourcesExist(draft);
}

/** Policies of resources, trust policies among them, may be of the older version; others are refused when saved. */
function checkVersion({ version, at }: Draft, kind: PolicyKind): void {
  if (version === '2012-10-17' || kind === 'trust' || kind === 'resource') return;
  const message = 'Policy document must be version 2012-10-17 or greater.';
  refuse({ at, path: 'Version' }, message, 'the document must say `"Version": "2012-10-17"`');
}

function checkWebIdentity(draft: Draft, document: PolicyDocument): void {
  const open = openWebIdentityStatement(document);
  const statement = open === null ? undefined : draft.statements[open.index];
  if (open !== null && statement !== undefined) refuse(statement, open.message, open.problem);
}

/** Tab, line ends, and U+0020 to U+00FF. */
function checkCharacters(text: string): void {
  const at = text.search(/[^\u0009\u000a\u000d\u0020-\u00ff]/);
  if (at !== -1) refuseSyntax(at, '', 'a policy takes characters up to U+00FF only');
}

function readText(text: string): JsonNode {
  if (text.length > MAX_TEXT_CHARACTERS) {
    return refuseSyntax(0, '', `a policy has at most ${MAX_TEXT_CHARACTERS} characters`);
  }
  const read = readJson(text);
  return read.ok ? read.value : refuseSyntax(read.failure.at, '', read.failure.problem);
}

function caught(text: string | null, parse: () => PolicyDocument): Result<PolicyDocument, PolicyFault> {
  try {
    return success(parse());
  } catch (error) {
    if (error instanceof Refused) return failure(faultOf(error.flaw, text));
    throw error;
  }
}
