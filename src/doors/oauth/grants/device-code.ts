/** A device asks whether its person has decided. @see RFC 8628 section 3.4 */
import { Fault } from '../../../core/faults.ts';
import { DEVICE_CODE_GRANT } from '../../../core/oauth/device-authorization.ts';
import { redeemDeviceCode } from '../../../usecases/redeem-device-code.ts';
import { clientOf, type Grant } from './grant.ts';
import { personalAnswer, requireGranted } from './personal-answer.ts';

export const deviceCode: Grant = {
  type: DEVICE_CODE_GRANT,
  eventName: 'DeviceToken',
  clientAuthentication: 'required',
  takesDetails: true,
  run: async (parameters, context) => {
    const { deps, facts, tell } = context;
    const client = clientOf(context);
    tell({ parameters: { clientId: client.clientId } });
    const code = parameters.get('device_code');
    if (code === undefined) throw new Fault('missing_parameter', 'device_code is missing');
    const grant = await redeemDeviceCode(code, client, facts, deps);
    requireGranted(parameters, grant);
    return personalAnswer(grant, client, null, context);
  },
};
