import type { SecurityPreset } from '../passwords/rules.ts';
import type { MakeEvent } from './change.ts';

/** The numbers that an account goes by where standards disagree; null for NIST's. */
export interface SecurityPresets {
  securityPreset(accountId: string): Promise<SecurityPreset | null>;
  setSecurityPreset(accountId: string, preset: SecurityPreset | null, event: MakeEvent): Promise<void>;
}
