/** A document whose shape is right, with the place of every text, for the checks that follow the shape. */
import type { PolicyVersion, PrincipalType } from '../document.ts';

/** A text and where it stands. */
export interface Located {
  readonly text: string;
  readonly at: number;
  readonly path: string;
}

/** One member of an exclusive pair, such as Action and NotAction. */
export interface DraftList {
  readonly negated: boolean;
  readonly at: number;
  readonly path: string;
  readonly values: readonly Located[];
  /** True where the document had one text instead of a list. */
  readonly isSingle: boolean;
}

/** Principal or NotPrincipal; `everybody` is the bare `"*"`. */
export interface DraftPrincipal {
  readonly negated: boolean;
  readonly at: number;
  readonly path: string;
  readonly everybody: boolean;
  readonly byType: readonly { readonly type: PrincipalType; readonly list: DraftList }[];
}

/** One line of a Condition element. */
export interface DraftCondition {
  readonly operator: string;
  readonly key: string;
  readonly list: DraftList;
}

/** One statement. */
export interface DraftStatement {
  readonly at: number;
  readonly path: string;
  readonly sid: Located | null;
  readonly effect: Located;
  readonly principal: DraftPrincipal | null;
  readonly action: DraftList | null;
  readonly resource: DraftList | null;
  readonly conditions: readonly DraftCondition[];
}

/** The whole document. */
export interface Draft {
  readonly at: number;
  readonly version: PolicyVersion | null;
  readonly id: string | null;
  readonly statements: readonly DraftStatement[];
}
