import { numeric } from './numeric.ts';
import { negate } from './operator.ts';

/** The given number equals a wanted one. */
export const numericEquals = numeric('NumericEquals', (order) => order === 0);

/** The given number equals no wanted one. */
export const numericNotEquals = negate('NumericNotEquals', numericEquals);
