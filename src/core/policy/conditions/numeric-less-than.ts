import { numeric } from './numeric.ts';

/** The given number is below a wanted one. */
export const numericLessThan = numeric('NumericLessThan', (order) => order < 0);
