// Which run a person means by what they typed.
import { HumanError } from "../core/error.js";
import type { RunId } from "../core/run/run.js";
import type { Store } from "../store/store.js";

/** `text` is an id, a beginning or end that one run has alone, or "last". Throws HumanError (exit 2) listing near ones. */
export async function findRun(store: Store, text: string): Promise<RunId> {
  const ids = await store.list();
  if (ids.length === 0) throw new HumanError(`There is no run "${text}" here: this repository has no runs yet. Start one: vigil run "what to do".`, 2);
  if (text === "last") return ids[0] ?? text;
  if (ids.includes(text)) return text;
  const matching = text === "" ? [] : ids.filter((id) => id.startsWith(text) || id.endsWith(text));
  const [only, second] = matching;
  if (only !== undefined && second === undefined) return only;
  if (only !== undefined) throw new HumanError(`"${text}" could be any of ${listed(matching)}. Write more of the id.`, 2);
  const near = [...ids].sort((a, b) => likeness(b, text) - likeness(a, text));
  throw new HumanError(`There is no run "${text}" here. ${ids.length > 5 ? "The nearest" : "The runs"}: ${listed(near)}. "vigil runs" lists them all.`, 2);
}

function listed(ids: readonly RunId[]): string {
  return `${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ", …" : ""}`;
}

/** How many characters agree from the front or from the back. */
function likeness(id: string, text: string): number {
  let front = 0;
  while (front < text.length && id[front] === text[front]) front += 1;
  let back = 0;
  while (back < text.length && id.at(-1 - back) === text.at(-1 - back)) back += 1;
  return Math.max(front, back);
}
