const minuteMilliseconds = 60_000;

/**
 * Fires the cron triggers at every full minute, as Cloudflare does for `* * * * *`; miniflare fires none by itself.
 * A run that is still going when the next is due makes that one be left out.
 * @param fire - gets the moment that it stands for
 * @returns a function that ends it
 * @throws Error for any other schedule, which it would not know how to keep
 */
export function startCron(
  crons: readonly string[],
  fire: (atMilliseconds: number) => Promise<void>,
): () => void {
  const strange = crons.find((cron) => cron !== '* * * * *');
  if (strange !== undefined)
    throw new Error(`the local run fires cron triggers each minute; it cannot keep \`${strange}\``);
  let timer: NodeJS.Timeout;
  const wait = (): void => {
    const nextMilliseconds = (Math.floor(Date.now() / minuteMilliseconds) + 1) * minuteMilliseconds;
    timer = setTimeout(() => {
      fire(nextMilliseconds)
        .catch((error: unknown) => console.error('daypass: the cron run failed:', error))
        .finally(() => {
          if (!ended) wait();
        });
    }, nextMilliseconds - Date.now());
  };
  let ended = false;
  wait();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
