import { textOf } from '../match/template.ts';
import { negate, operator } from './operator.ts';

/** Exact comparison, case-sensitive; `*` and `?` are plain characters. */
export const stringEquals = operator({
  name: 'StringEquals',
  type: 'string',
  expandsVariables: true,
  compile: (wanted) => {
    const text = textOf(wanted);
    return (given) => given === text;
  },
});

/** No wanted value is the given one. */
export const stringNotEquals = negate('StringNotEquals', stringEquals);
