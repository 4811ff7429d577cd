// A person's own plan: a Markdown file whose headings say what to do and where to stop. It reaches the run verbatim;
// only the task's one line is read out of it here.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { HumanError } from "../core/error.js";

export const PLAN_HEADINGS = ["Goal", "Done when", "May be dropped", "Must not be dropped", "Stop if", "Do not touch"] as const;

export interface Plan {
  readonly task: string;
  /** The file's text, unchanged. */
  readonly text: string;
}

/** Larger than any plan a person writes; a wrong file is refused before a model reads it. */
const LARGEST = 256 * 1024;

/** Throws HumanError (exit 2) when the file cannot be read or says nothing that could be a task. */
export async function readPlan(folder: string, file: string): Promise<Plan> {
  const path = resolve(folder, file);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new HumanError(`The plan ${file} cannot be read (${codeOf(error)}). Check the path after --file.`, 2);
  });
  if (bytes.length > LARGEST) throw new HumanError(`The plan ${file} has ${String(bytes.length)} bytes; a plan may have ${String(LARGEST)}. Name the right file after --file.`, 2);
  const text = bytes.toString("utf8");
  if (text.includes("\u0000") || text.includes("\ufffd")) throw new HumanError(`The plan ${file} is not a text in UTF-8. Save it as one, or name the right file after --file.`, 2);
  return planOf(text, `The plan ${file}`);
}

/** `what` names it in a message. Throws HumanError (exit 2) when it says nothing that could be a task. */
export function planOf(text: string, what: string): Plan {
  const task = taskOf(text);
  if (task === undefined) throw new HumanError(`${what} names no goal. Write what to do under a heading "# Goal"; further headings may be: ${PLAN_HEADINGS.slice(1).join(" · ")}.`, 2);
  return { task, text };
}

/** The text under `Goal`, else the first heading, else the first line; as one line. */
export function taskOf(text: string): string | undefined {
  const lines = text.split(/\r?\n/);
  const goal = lines.findIndex((line) => isGoalHeading(line));
  if (goal !== -1) {
    const sameLine = (lines[goal] ?? "").replace(/^#{0,6}\s*goal\s*:?/i, "").trim();
    const until = lines.findIndex((line, at) => at > goal && (/^#{1,6}\s/.test(line) || isOtherHeading(line)));
    const below = lines.slice(goal + 1, until === -1 ? undefined : until).join(" ");
    const task = oneLine(`${sameLine} ${below}`);
    if (task !== "") return task;
  }
  const heading = lines.find((line) => /^#{1,6}\s+\S/.test(line) && !isOtherHeading(line) && !isGoalHeading(line));
  const first = heading?.replace(/^#+\s+/, "") ?? lines.find((line) => line.trim() !== "" && !/^#/.test(line) && !isOtherHeading(line)) ?? "";
  const task = oneLine(first);
  return task === "" ? undefined : task;
}

/** The text under one of the headings, whichever way it is marked; empty where there is none. */
export function sectionOf(text: string, name: (typeof PLAN_HEADINGS)[number]): string {
  const lines = text.split(/\r?\n/);
  const named = (line: string): boolean => headingOf(line) === name.toLowerCase();
  const start = lines.findIndex(named);
  if (start === -1) return "";
  const end = lines.findIndex((line, at) => at > start && (/^#{1,6}\s/.test(line.trim()) || (headingOf(line) !== undefined && !named(line))));
  const same = (lines[start] ?? "").trim().replace(/^#{1,6}\s*/, "").slice(name.length).replace(/^\s*:/, "").trim();
  return [same, ...lines.slice(start + 1, end === -1 ? undefined : end)].join("\n").trim();
}

/** The items under "Do not touch". */
export function untouchable(plan: string): readonly string[] {
  return sectionOf(plan, "Do not touch")
    .split("\n")
    .map((line) => line.trim().replace(/^(?:[-*+]|\d+[.)])\s+/u, "").trim())
    .filter((line) => line !== "");
}

function headingOf(line: string): string | undefined {
  const bare = line.trim().replace(/^#{1,6}\s*/, "").replace(/:.*$/, "").trim().toLowerCase();
  const marked = /^#{1,6}\s/.test(line.trim()) || line.includes(":");
  return marked ? PLAN_HEADINGS.map((name) => name.toLowerCase()).find((name) => name === bare) : undefined;
}

function isGoalHeading(line: string): boolean {
  return /^(#{1,6}\s*goal\s*:?\s*|goal:.*)$/i.test(line.trim());
}

function isOtherHeading(line: string): boolean {
  const heading = headingOf(line);
  return heading !== undefined && heading !== "goal";
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim().slice(0, 2000);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);
}
