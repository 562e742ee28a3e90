import { date } from './date.ts';

/** The given moment is at or after a wanted one. */
export const dateGreaterThanEquals = date('DateGreaterThanEquals', (order) => order >= 0);
