// A workshop for machines that can confine nothing: file tools over a git tree in the runner's own process. It starts no
// program that the model chose, and neither reads nor writes the worktree's files; what it writes are git objects.
import { z } from "zod";
import { globMatcher } from "../../core/judge/glob.js";
import type { Sha } from "../../core/log/parts.js";
import type { Worktree } from "../../git/types.js";
import type { ToolCall, ToolResult, Workshop } from "../../sandbox/workshop.js";
import type { TreeView } from "./find.js";
import { readFile } from "./read.js";
import { refused, type Said } from "./said.js";
import { globFiles } from "./glob.js";
import { grepFiles } from "./grep.js";
import { editFile, writeFile } from "./write.js";

export interface TreeShopOptions {
  readonly worktree: Worktree;
  /** Policy's hidden globs. */
  readonly hidden: readonly string[];
  /** The tree that the next call works on. A result's `tree` must be what this gives afterwards: nothing is kept here. */
  readonly tree: () => Sha;
}

const inputs = {
  read: z.object({ file_path: z.string().min(1), view_range: z.array(z.number().int()).optional() }),
  write: z.object({ file_path: z.string().min(1), content: z.string() }),
  edit: z.object({ file_path: z.string().min(1), old_string: z.string().min(1), new_string: z.string(), replace_all: z.boolean().optional() }),
  glob: z.object({ pattern: z.string().min(1), path: z.string().optional() }),
  grep: z.object({ pattern: z.string().min(1), path: z.string().optional() }),
} as const;

export function openTreeShop({ worktree, hidden, tree }: TreeShopOptions): Workshop {
  const closed = new AbortController();
  const hides = globMatcher(hidden);
  return {
    async call({ tool, input, timeoutMs }: ToolCall): Promise<ToolResult> {
      const late = AbortSignal.timeout(timeoutMs);
      const stop = AbortSignal.any([closed.signal, late]);
      // What still runs after an abort can only make git objects that nobody names.
      const answer = await Promise.race([run({ worktree, hides, tree: tree() }, tool, input, stop), aborted(stop)]);
      if (answer === "aborted") return late.aborted ? { kind: "error", text: `${tool} was ended after ${timeoutMs / 1000} s`, exit: undefined } : { kind: "lost", why: "it was ended" };
      if (!answer.ok) return { kind: "error", text: answer.text, exit: undefined };
      return { kind: "ok", text: answer.text, exit: undefined, ...(answer.tree === undefined ? {} : { tree: answer.tree }) };
    },
    farewell: () => Promise.resolve({ carried: { cwd: worktree.root, env: {} }, processes: [] }),
    kill: () => {
      closed.abort();
      return Promise.resolve();
    },
    contacts: () => Promise.resolve([]),
    exited: aborted(closed.signal).then(() => undefined),
  };
}

function run(view: TreeView, tool: string, input: unknown, signal: AbortSignal): Promise<Said> {
  switch (tool) {
    case "read":
      return parsed(tool, inputs.read, input, (fields) => readFile(view, fields));
    case "write":
      return parsed(tool, inputs.write, input, (fields) => writeFile(view, fields));
    case "edit":
      return parsed(tool, inputs.edit, input, (fields) => editFile(view, fields));
    case "glob":
      return parsed(tool, inputs.glob, input, (fields) => globFiles(view, fields, signal));
    case "grep":
      return parsed(tool, inputs.grep, input, (fields) => grepFiles(view, fields, signal));
    default:
      return Promise.resolve(refused(`${tool} is not run here: commands cannot be confined on this machine, so none are run. Use read, glob and grep.`));
  }
}

async function parsed<T>(tool: string, schema: z.ZodType<T>, input: unknown, act: (fields: T) => Promise<Said>): Promise<Said> {
  const fields = schema.safeParse(input);
  return fields.success ? act(fields.data) : refused(`${tool}: the input does not fit: ${z.prettifyError(fields.error)}`);
}

function aborted(signal: AbortSignal): Promise<"aborted"> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve("aborted"), { once: true });
    if (signal.aborted) resolve("aborted");
  });
}
