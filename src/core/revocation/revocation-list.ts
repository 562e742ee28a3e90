/** The live revocations of an account, held so that a check costs the same however many there are. */
import type { Session } from '../credentials/session.ts';
import { type Mark, type MarkedAncestor, markedAncestors, marksOf, type SessionCredential } from './marks.ts';

/** Ends the sessions that bear all its marks and were issued no later than a moment. */
export interface Revocation {
  /** Order of writing within the deployment. */
  readonly sequence: number;
  /** As `sortMarks` orders them; empty for every session of the account. */
  readonly marks: readonly Mark[];
  readonly issuedUntilSeconds: number;
  /** When the last session that it can touch has ended by itself. */
  readonly expiresAtSeconds: number;
}

/** When a session began, whether a session's credentials began it, and which. */
export type IssuedSession = Pick<Session, 'issuedAtSeconds' | 'chained' | 'lineage'>;

/** Where a revocation is found that names nothing but a time. */
const ANY = '';

const isTag = (mark: Mark): boolean => mark.startsWith('tag:');

/** Walking through all that is held is worth it this often at most. */
const FORGET_EVERY_SECONDS = 60;

export class RevocationList {
  readonly #graceSeconds: number;
  /** By the first mark, then by all of them: of equal ones the latest moment counts. */
  readonly #byFirst = new Map<string, Map<string, Revocation>>();
  #lastSequence = 0;
  #count = 0;
  #forgottenAtSeconds = 0;

  /**
   * @param graceSeconds - how long a revoked session may still be believed elsewhere: where its age is not known, what it begins
   * meanwhile is revoked as if it had begun before
   */
  constructor(graceSeconds: number) {
    this.#graceSeconds = graceSeconds;
  }

  /** The newest revocation that is held: what follows it has still to be read. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  get count(): number {
    return this.#count;
  }

  /** Takes revocations in; those it has already change nothing, so reads may overlap and come in any order. */
  add(revocations: readonly Revocation[]): void {
    for (const revocation of revocations) {
      const first = revocation.marks[0] ?? ANY;
      const all = revocation.marks.join('\n\n');
      const group = this.#byFirst.get(first) ?? new Map<string, Revocation>();
      this.#byFirst.set(first, group);
      const held = group.get(all);
      if (held === undefined) this.#count += 1;
      if (held === undefined || held.issuedUntilSeconds <= revocation.issuedUntilSeconds) {
        group.set(all, revocation);
      }
      this.#lastSequence = Math.max(this.#lastSequence, revocation.sequence);
    }
  }

  /** Forgets what can touch no living session any more. */
  forgetExpired(nowSeconds: number): void {
    if (nowSeconds - this.#forgottenAtSeconds < FORGET_EVERY_SECONDS) return;
    this.#forgottenAtSeconds = nowSeconds;
    for (const [first, group] of this.#byFirst) {
      for (const [all, { expiresAtSeconds }] of group) {
        if (expiresAtSeconds > nowSeconds || !group.delete(all)) continue;
        this.#count -= 1;
      }
      if (group.size === 0) this.#byFirst.delete(first);
    }
  }

  /**
   * Whether a session has ended, by itself or with one that it was chained from.
   * @param credential - the one that was shown
   */
  revokes(session: Session, credential: SessionCredential): boolean {
    if (this.#count === 0) return false;
    if (this.touches(marksOf(session, credential), session)) return true;
    const { lineage, sourceIdentity } = session;
    return lineage !== undefined && this.touchesAny(markedAncestors(lineage, sourceIdentity));
  }

  /** Whether any of the sessions that another was chained from has been revoked, each by its own age. */
  touchesAny(ancestors: readonly MarkedAncestor[]): boolean {
    return ancestors.some(({ marks, issuedAtSeconds }) =>
      this.touches(marks, { issuedAtSeconds, chained: false }),
    );
  }

  /** Whether a session of these marks has been revoked. */
  touches(marks: ReadonlySet<Mark>, issued: IssuedSession): boolean {
    if (this.#groupTouches(ANY, marks, issued)) return true;
    for (const mark of marks) {
      if (this.#groupTouches(mark, marks, issued)) return true;
    }
    return false;
  }

  /** All that are held, in no particular order. */
  *all(): Generator<Revocation> {
    for (const group of this.#byFirst.values()) yield* group.values();
  }

  #groupTouches(first: string, marks: ReadonlySet<Mark>, issued: IssuedSession): boolean {
    for (const revocation of this.#byFirst.get(first)?.values() ?? []) {
      const countsAs = issued.issuedAtSeconds - this.#graceFor(issued, revocation);
      if (countsAs > revocation.issuedUntilSeconds) continue;
      if (revocation.marks.every((mark) => marks.has(mark))) return true;
    }
    return false;
  }

  /**
   * What a session's lineage tells needs no grace: the session that it was chained from is asked by its own age. Tags of that one
   * are not told, and nothing is by tokens of an older form.
   */
  #graceFor({ chained, lineage }: IssuedSession, { marks }: Revocation): number {
    if (!chained) return 0;
    return lineage === undefined || marks.some(isTag) ? this.#graceSeconds : 0;
  }
}
