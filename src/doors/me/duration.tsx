/** How long credentials that a page makes shall live. */
const CHOICES: readonly (readonly [seconds: number, words: string])[] = [
  [900, '15 minutes'],
  [3600, '1 hour'],
  [14_400, '4 hours'],
  [43_200, '12 hours'],
];

export function DurationField() {
  return (
    <div class="field">
      <label for="duration">Valid for</label>
      <select id="duration" name="duration">
        {CHOICES.map(([seconds, words]) => (
          <option value={String(seconds)} selected={seconds === 3600}>
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
