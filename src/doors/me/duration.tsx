/** How long credentials that a page makes shall live. */
const CHOICES: readonly (readonly [seconds: number, words: string])[] = [
  [900, '15 minutes'],
  [3600, '1 hour'],
  [14_400, '4 hours'],
  [43_200, '12 hours'],
];

/** What the field says where the length is the login's to choose. */
export const AS_LOGIN_ASKS = 'login';

/** @param ofLogin - whether the login itself asks for a length: then that is the first choice */
export function DurationField({ ofLogin = false }: { readonly ofLogin?: boolean }) {
  return (
    <div class="field">
      <label for="duration">Valid for</label>
      <select id="duration" name="duration">
        {ofLogin && (
          <option value={AS_LOGIN_ASKS} selected>
            As long as your login asks
          </option>
        )}
        {CHOICES.map(([seconds, words]) => (
          <option value={String(seconds)} selected={!ofLogin && seconds === 3600}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}

/** @returns one of the choices; an hour for anything else */
export const readDuration = (text: string | undefined): number =>
  CHOICES.find(([seconds]) => String(seconds) === text)?.[0] ?? 3600;
