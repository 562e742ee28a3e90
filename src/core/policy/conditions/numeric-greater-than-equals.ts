import { numeric } from './numeric.ts';

/** The given number is at least a wanted one. */
export const numericGreaterThanEquals = numeric('NumericGreaterThanEquals', (order) => order >= 0);
