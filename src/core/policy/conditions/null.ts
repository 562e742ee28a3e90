import { textOf } from '../match/template.ts';
import { compareBooleans } from './bool.ts';
import { operator } from './operator.ts';

/** Whether the key is absent: `"true"` = absent, `"false"` = present. The engine hands in `true` or `false`. */
export const isNull = operator({
  name: 'Null',
  type: 'null',
  expandsVariables: false,
  compile: (wanted) => compareBooleans(textOf(wanted)),
});
