import { textOf } from '../match/template.ts';
import { compareDecimals, parseDecimal } from './decimal.ts';
import { incomparable, type Operator, operator } from './operator.ts';

/**
 * Defines a numeric operator. Integers and decimals compare as numbers: `10`, `10.0` and `010` are equal.
 * @param holds - takes the sign of (given − wanted)
 */
export const numeric = (name: string, holds: (order: number) => boolean): Operator =>
  operator({
    name,
    type: 'numeric',
    expandsVariables: false,
    compile: (pattern) => {
      const wanted = parseDecimal(textOf(pattern));
      if (wanted === null) return incomparable;
      return (text) => {
        const given = parseDecimal(text);
        return given === null ? 'incomparable' : holds(compareDecimals(given, wanted));
      };
    },
  });
