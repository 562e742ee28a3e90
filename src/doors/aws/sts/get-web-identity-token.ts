import { Fault } from '../../../core/faults.ts';
import {
  getOutboundToken,
  OUTBOUND_ALGORITHMS,
  type OutboundTokenWish,
  outboundContext,
} from '../../../usecases/outbound-token.ts';
import { action } from '../query/action.ts';
import { type InputOf, optional, withDefault } from '../query/field.ts';
import { tags } from '../query/fields.ts';
import { integer, list, oneOf, string } from '../query/kinds.ts';
import { moment, text } from '../query/shape.ts';

const input = {
  Audience: list(string({ min: 1, max: 1000 }), { min: 1, max: 10 }),
  DurationSeconds: withDefault(integer({ min: 60, max: 3600 }), 300),
  SigningAlgorithm: oneOf(OUTBOUND_ALGORITHMS),
  Tags: optional(tags()),
  Scope: optional(string({ min: 1, max: 1000 })),
  SubjectMode: withDefault(oneOf(['AWSIdentity', 'OriginIdentity']), 'AWSIdentity'),
};

const wishOf = (asked: InputOf<typeof input>): OutboundTokenWish => ({
  audience: asked.Audience,
  algorithm: asked.SigningAlgorithm,
  durationSeconds: asked.DurationSeconds,
  tags: asked.Tags ?? [],
});

export const getWebIdentityToken = action({
  name: 'GetWebIdentityToken',
  auth: 'sigv4',
  audit: 'issuance',
  permission: {
    action: 'sts:GetWebIdentityToken',
    resource: () => '*',
    context: (asked) => [...outboundContext(wishOf(asked)), ['sts:SubjectMode', asked.SubjectMode]],
  },
  input,
  output: { WebIdentityToken: text, Expiration: moment },
  run: async (asked, { caller, facts, deps, tell }) => {
    refuseOrigin(asked);
    const made = await getOutboundToken(wishOf(asked), caller, facts, deps);
    tell({ elements: { tokenId: made.tokenId, expiration: made.expiresAtSeconds } });
    return { WebIdentityToken: made.token, Expiration: made.expiresAtSeconds };
  },
});

/**
 * A subject of another origin stands in a session's trusted identity propagation context. No session here has one, and such a
 * session AWS refuses in the same way.
 * @throws Fault `validation_error`
 */
function refuseOrigin({ SubjectMode, Scope }: InputOf<typeof input>): void {
  if (SubjectMode === 'OriginIdentity') {
    throw new Fault(
      'validation_error',
      'The trusted identity propagation context of the calling session has no origin identity.',
    );
  }
  if (Scope !== undefined) {
    throw new Fault('validation_error', 'Scope can be specified only when SubjectMode is OriginIdentity.');
  }
}
