/** How large policies may be. @see IAM User Guide, reference_iam-quotas */

/** The most characters of one document or of all inline policies together, white space not counted. */
export const POLICY_LIMITS = {
  managedCharacters: 6144,
  userInlineCharacters: 2048,
  groupInlineCharacters: 5120,
  roleInlineCharacters: 10_240,
  trustCharacters: 2048,
  /** What a trust policy's quota can be raised to. */
  trustCharactersMax: 4096,
  /** The plain text of a session policy and of the managed ones passed with it. */
  sessionCharacters: 2048,
  sessionPolicyArns: 10,
} as const;

/**
 * Counts the characters of a policy as IAM does: white space (space, tab, line ends) does not count.
 * @returns UTF-16 units, which for the characters a policy takes are characters
 */
export function countPolicyCharacters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) count += 1;
  }
  return count;
}
