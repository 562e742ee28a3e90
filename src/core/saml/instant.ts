const INSTANT = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?Z$/;

/**
 * Reads an instant of a SAML message, which is always UTC. Fractions of a second are cut off.
 * @returns whole seconds since 1970, or null for another form or a date that there is not
 * @see SAML 2.0 Core, section 1.3.3
 */
export function parseInstant(text: string): number | null {
  const parts = INSTANT.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 || day < 1) return null;
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
  return new Date(milliseconds).getUTCDate() === day && year >= 1970 ? milliseconds / 1000 : null;
}
