import { numeric } from './numeric.ts';

/** The given number is above a wanted one. */
export const numericGreaterThan = numeric('NumericGreaterThan', (order) => order > 0);
