import { textOf } from '../match/template.ts';
import { compareInstants, parseInstant } from './instant.ts';
import { type Operator, operator } from './operator.ts';

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
      const wanted = parseInstant(textOf(pattern));
      if (wanted === null) return null;
      return (text) => {
        const given = parseInstant(text);
        return given === null ? null : holds(compareInstants(given, wanted));
      };
    },
  });
