import { arnLike } from './arn-like.ts';
import { negate, operator } from './operator.ts';

/** The same as `ArnLike`, wildcards included. */
export const arnEquals = operator({ ...arnLike, name: 'ArnEquals' });

/** The same as `ArnNotLike`. */
export const arnNotEquals = negate('ArnNotEquals', arnEquals);
