import { date } from './date.ts';

/** The given moment is after a wanted one. */
export const dateGreaterThan = date('DateGreaterThan', (order) => order > 0);
