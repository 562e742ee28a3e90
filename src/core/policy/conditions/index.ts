/** THE LIST of condition operators: one file (a negated twin beside its positive) and one line each. */
import { uniqueBy } from '../../unique.ts';
import { arnEquals, arnNotEquals } from './arn-equals.ts';
import { arnLike, arnNotLike } from './arn-like.ts';
import { binaryEquals } from './binary-equals.ts';
import { bool } from './bool.ts';
import { dateEquals, dateNotEquals } from './date-equals.ts';
import { dateGreaterThan } from './date-greater-than.ts';
import { dateGreaterThanEquals } from './date-greater-than-equals.ts';
import { dateLessThan } from './date-less-than.ts';
import { dateLessThanEquals } from './date-less-than-equals.ts';
import { ipAddress, notIpAddress } from './ip-address.ts';
import { isNull } from './null.ts';
import { numericEquals, numericNotEquals } from './numeric-equals.ts';
import { numericGreaterThan } from './numeric-greater-than.ts';
import { numericGreaterThanEquals } from './numeric-greater-than-equals.ts';
import { numericLessThan } from './numeric-less-than.ts';
import { numericLessThanEquals } from './numeric-less-than-equals.ts';
import type { Operator } from './operator.ts';
import { stringEquals, stringNotEquals } from './string-equals.ts';
import { stringEqualsIgnoreCase, stringNotEqualsIgnoreCase } from './string-equals-ignore-case.ts';
import { stringLike, stringNotLike } from './string-like.ts';

/** Every operator by its exact name. */
export const operators: ReadonlyMap<string, Operator> = uniqueBy(
  'condition operators',
  [
    stringEquals,
    stringNotEquals,
    stringEqualsIgnoreCase,
    stringNotEqualsIgnoreCase,
    stringLike,
    stringNotLike,
    numericEquals,
    numericNotEquals,
    numericLessThan,
    numericLessThanEquals,
    numericGreaterThan,
    numericGreaterThanEquals,
    dateEquals,
    dateNotEquals,
    dateLessThan,
    dateLessThanEquals,
    dateGreaterThan,
    dateGreaterThanEquals,
    bool,
    binaryEquals,
    ipAddress,
    notIpAddress,
    arnEquals,
    arnNotEquals,
    arnLike,
    arnNotLike,
    isNull,
  ],
  (entry) => entry.name,
);
