import { textOf } from '../match/template.ts';
import { compareInstants, parseInstant } from './instant.ts';
import { type Compared, incomparable, type Operator, operator } from './operator.ts';

/** `2026` may be a year or seconds since 1970; the documentation does not say which. */
const isAmbiguous = (text: string): boolean => /^[0-9]{4}$/.test(text);

/**
 * Defines a date operator. Dates and seconds since 1970 mix freely on both sides.
 * @param holds - takes the sign of (given − wanted)
 */
export const date = (name: string, holds: (order: number) => boolean): Operator =>
  operator({
    name,
    type: 'date',
    expandsVariables: false,
    compile: (pattern) => {
      const wantedText = textOf(pattern);
      const wanted = parseInstant(wantedText);
      if (wanted === null) return incomparable;
      return (text): Compared => {
        const given = parseInstant(text);
        if (given === null) return 'incomparable';
        if (isAmbiguous(wantedText) || isAmbiguous(text)) return 'ambiguous';
        return holds(compareInstants(given, wanted));
      };
    },
  });
