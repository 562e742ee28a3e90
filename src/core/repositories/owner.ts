/** What a policy can belong to, by the name that a request gives. */
export interface PolicyOwner {
  readonly type: 'user' | 'group' | 'role';
  readonly name: string;
}
