import type { Role } from '../core/account.ts';

/** The provider's wish for a length gives way to the role's limit; a person's own is refused beyond it. */
export const withinRole = (sessionSeconds: number | null, role: Role | null): number | null =>
  sessionSeconds === null ? null : Math.min(sessionSeconds, role?.maxSessionSeconds ?? sessionSeconds);
