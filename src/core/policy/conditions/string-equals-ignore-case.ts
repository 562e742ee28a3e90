import { textOf } from '../match/template.ts';
import { negate, operator } from './operator.ts';

/** Comparison after simple lower-casing, no Unicode normalisation; `*` and `?` are plain characters. */
export const stringEqualsIgnoreCase = operator({
  name: 'StringEqualsIgnoreCase',
  type: 'string',
  expandsVariables: true,
  compile: (wanted) => {
    const folded = textOf(wanted).toLowerCase();
    return (given) => given.toLowerCase() === folded;
  },
});

/** No wanted value is the given one, whatever the case. */
export const stringNotEqualsIgnoreCase = negate('StringNotEqualsIgnoreCase', stringEqualsIgnoreCase);
