// Makes attempts that broke something as few and as small as they can be and still break it.
import { inputOf, smaller, toolOf, type Attempt } from "./attempt.js";

/** `breaks` makes the attempts on a machine of their own. Ends after `tries` of them at most. */
export async function shrunk(attempts: readonly Attempt[], breaks: (attempts: readonly Attempt[]) => Promise<boolean>, tries: number): Promise<readonly Attempt[]> {
  let left = tries;
  let kept = attempts;
  const still = async (fewer: readonly Attempt[]): Promise<boolean> => {
    left -= 1;
    if (left < 0 || fewer.length === 0 || !(await breaks(fewer))) return false;
    kept = fewer;
    return true;
  };
  for (let size = Math.ceil(kept.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < kept.length && kept.length > 1 && left > 0; ) {
      if (!(await still([...kept.slice(0, from), ...kept.slice(from + size)]))) from += size;
    }
  }
  for (let n = 0; n < kept.length && left > 0; n += 1) {
    for (let made = true; made; ) {
      made = false;
      const one = kept[n];
      for (const less of one === undefined ? [] : smaller(one)) {
        if (await still(kept.map((attempt, at) => (at === n ? less : attempt)))) {
          made = true;
          break;
        }
      }
    }
  }
  return kept;
}

export function told(attempts: readonly Attempt[]): string {
  return attempts.map((attempt) => `${toolOf(attempt)} ${JSON.stringify(inputOf(attempt))}`).join(" then ");
}
