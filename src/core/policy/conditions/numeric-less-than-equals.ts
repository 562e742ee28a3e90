import { numeric } from './numeric.ts';

/** The given number is at most a wanted one. */
export const numericLessThanEquals = numeric('NumericLessThanEquals', (order) => order <= 0);
