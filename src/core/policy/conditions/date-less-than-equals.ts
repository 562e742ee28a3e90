import { date } from './date.ts';

/** The given moment is at or before a wanted one. */
export const dateLessThanEquals = date('DateLessThanEquals', (order) => order <= 0);
