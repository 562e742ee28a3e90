/** The AWS Query door: STS, IAM and Daypass's own API behind one pipeline. */
import type { DoorRequest } from '../http/door.ts';
import { daypass } from './daypass/index.ts';
import { iam } from './iam/index.ts';
import { dispatch } from './query/dispatch.ts';
import { sts } from './sts/index.ts';

export const queryDoor = (door: DoorRequest): Promise<Response> => dispatch(door, [sts, iam, daypass]);
