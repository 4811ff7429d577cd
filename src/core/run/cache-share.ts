// How much of what was sent to the model came from the service's cache, which costs a fraction: a fact with its figures.
import type { Usage } from "../log/parts.js";
import { count } from "./amounts.js";

/** `93 % of 1,204,000 tokens sent came from the cache`, rounded down; undefined where nothing was sent, which has no share. */
export function cacheShareText({ input, cacheRead, cacheWrite }: Usage): string | undefined {
  const sent = input + cacheRead + cacheWrite;
  return sent === 0 ? undefined : `${String(Math.floor((cacheRead / sent) * 100))} % of ${count(sent, "token")} sent came from the cache`;
}
