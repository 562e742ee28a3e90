import { date } from './date.ts';

/** The given moment is before a wanted one. */
export const dateLessThan = date('DateLessThan', (order) => order < 0);
