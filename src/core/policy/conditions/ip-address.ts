import { textOf } from '../match/template.ts';
import { isInRange, parseIpAddress, parseIpRange } from './ip-range.ts';
import { incomparable, negate, operator } from './operator.ts';

/** The given address lies in a wanted range. */
export const ipAddress = operator({
  name: 'IpAddress',
  type: 'ip',
  expandsVariables: false,
  compile: (pattern) => {
    const range = parseIpRange(textOf(pattern));
    if (range === null) return incomparable;
    return (given) => {
      const address = parseIpAddress(given);
      return address === null ? 'incomparable' : isInRange(address, range);
    };
  },
});

/** The given address lies in no wanted range; one of the other family always does not. */
export const notIpAddress = negate('NotIpAddress', ipAddress);
