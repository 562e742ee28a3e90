import { date } from './date.ts';
import { negate } from './operator.ts';

/** The given moment is a wanted one. */
export const dateEquals = date('DateEquals', (order) => order === 0);

/** The given moment is no wanted one. */
export const dateNotEquals = negate('DateNotEquals', dateEquals);
