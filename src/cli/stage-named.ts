// A stage as somebody typed it.
import { HumanError } from "../core/error.js";
import { nearest } from "../core/text/nearest.js";
import { STAGES, stageSchema, type Stage } from "../core/stage.js";

/** Throws HumanError (exit 2) naming the stages there are. */
export function stageNamed(word: string): Stage {
  const stage = stageSchema.safeParse(word);
  if (stage.success) return stage.data;
  const near = STAGES.find((one) => one.startsWith(word) && word !== "") ?? nearest(word, STAGES, 4);
  throw new HumanError(`"${word}" is no stage.${near === undefined ? "" : ` Did you mean ${near}?`} The stages, from the least to the most: ${STAGES.join(", ")}.`, 2);
}
