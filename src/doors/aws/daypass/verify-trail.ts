import { verifyTrail as verify } from '../../../usecases/verify-trail.ts';
import { action } from '../query/action.ts';
import { withDefault } from '../query/field.ts';
import { integer } from '../query/kinds.ts';
import { flag, maybe, text, wholeNumber } from '../query/shape.ts';

/** The trail is the deployment's, as its keys are: the account that was set up first decides who may have it checked. */
export const verifyTrail = action({
  name: 'VerifyTrail',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'daypass:VerifyTrail',
    target: async (_input, _caller, deps) => ({
      resource: `arn:aws:daypass::${(await deps.directory.setUpAccount()) ?? ''}:trail`,
      context: [],
    }),
  },
  input: { FromCheckpoint: withDefault(integer({ min: 1, max: 1_000_000_000 }), 1) },
  output: {
    Verified: flag,
    Checkpoints: wholeNumber,
    Events: wholeNumber,
    NextCheckpoint: maybe(wholeNumber),
    Problem: maybe(text),
    ProblemCheckpoint: maybe(wholeNumber),
    ProblemPosition: maybe(wholeNumber),
  },
  run: async ({ FromCheckpoint }, { deps }) => {
    const { problem, checkpoints, events, nextCheckpoint } = await verify(FromCheckpoint, deps);
    return {
      Verified: problem === null,
      Checkpoints: checkpoints,
      Events: events,
      NextCheckpoint: nextCheckpoint,
      Problem: problem?.why,
      ProblemCheckpoint: problem?.checkpoint,
      ProblemPosition: problem?.position,
    };
  },
});
