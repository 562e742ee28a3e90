import { compileGlob } from '../match/glob.ts';
import { negate, operator } from './operator.ts';

/** Comparison with `*` (any run) and `?` (one character), case-sensitive. */
export const stringLike = operator({
  name: 'StringLike',
  type: 'string',
  expandsVariables: true,
  compile: compileGlob,
});

/** No wanted pattern matches the given value. */
export const stringNotLike = negate('StringNotLike', stringLike);
