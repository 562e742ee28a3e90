import { uniqueBy } from '../../../../core/unique.ts';
import { awsSession } from './aws-session.ts';
import { idToken } from './id-token.ts';
import { jwt } from './jwt.ts';
import { ownAccessToken } from './own-access-token.ts';
import { saml2 } from './saml2.ts';
import type { SubjectToken } from './subject-token.ts';

/** THE LIST of subject tokens that are exchanged. */
const ALL: readonly SubjectToken[] = [idToken, jwt, saml2, ownAccessToken, awsSession];

const byType = uniqueBy(
  'subject token types',
  ALL.flatMap((subject) => subject.types.map((type) => ({ type, subject }))),
  ({ type }) => type,
);

/** @returns what believes tokens of this `subject_token_type`, or null */
export const subjectTokenOf = (type: string): SubjectToken | null => byType.get(type)?.subject ?? null;
