// The file tools of the workshop: the SDK's own, with glob for every Node, the modes an editor would give, and refusals
// that say what refused. They must never name a path outside the root as if it could be had.
import { chmodSync, existsSync, lstatSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import {
  betaEditTool,
  betaGrepTool,
  betaReadTool,
  betaWriteTool,
  resolvePath,
  type AgentToolContext,
} from "@anthropic-ai/sdk/tools/agent-toolset/node";
import { z } from "zod";
import { glob } from "./glob.js";

export interface FileToolsQuestion {
  readonly root: string;
  readonly hidden: readonly string[];
  readonly readOnlyBecause: string;
}

export interface FileResult {
  readonly ok: boolean;
  readonly text: string;
}

const MASK = 0o022;
/** What the kernel says of a write that the walls refuse. */
const REFUSED = process.platform === "darwin" ? /EPERM/ : /EROFS|EBUSY/;
const inputs = {
  read: z.object({ file_path: z.string(), view_range: z.array(z.number().int()).optional() }),
  write: z.object({ file_path: z.string(), content: z.string() }),
  edit: z.object({ file_path: z.string(), old_string: z.string(), new_string: z.string(), replace_all: z.boolean().optional() }),
  glob: z.object({ pattern: z.string().min(1), path: z.string().optional() }),
  grep: z.object({ pattern: z.string().min(1), path: z.string().optional() }),
} as const;

type FileTool = keyof typeof inputs;

export function isFileTool(tool: string): tool is FileTool {
  return Object.hasOwn(inputs, tool);
}

/** One call. Expected failures are values; the text is for the model. */
export async function runFileTool(tool: FileTool, input: unknown, question: FileToolsQuestion, signal: AbortSignal): Promise<FileResult> {
  const parsed = inputs[tool].safeParse(input);
  if (!parsed.success) return refused(`${tool}: the input does not fit: ${z.prettifyError(parsed.error)}`);
  try {
    return { ok: true, text: await act(tool, parsed.data, question, signal) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return refused(explained(error.message, question));
  }
}

async function act(tool: FileTool, input: unknown, question: FileToolsQuestion, signal: AbortSignal): Promise<string> {
  const context: AgentToolContext = { workdir: question.root };
  switch (tool) {
    case "read": {
      const call = inputs.read.parse(input);
      await refuseHidden(context, call.file_path, question);
      const { view_range, ...rest } = call;
      return text(await betaReadTool(context).run(view_range === undefined ? rest : { ...rest, view_range }));
    }
    case "write": {
      const call = inputs.write.parse(input);
      refuseStrange(call.file_path);
      await refuseHidden(context, call.file_path, question);
      const made = missing(question.root, await resolvePath(context, call.file_path));
      const said = text(await betaWriteTool(context).run(call));
      for (const { path, mode } of made) chmodSync(path, mode);
      return said;
    }
    case "edit": {
      const call = inputs.edit.parse(input);
      refuseStrange(call.file_path);
      await refuseHidden(context, call.file_path, question);
      const { replace_all, ...rest } = call;
      return text(await betaEditTool(context).run(replace_all === undefined ? rest : { ...rest, replace_all }));
    }
    case "glob": {
      const { pattern, path } = inputs.glob.parse(input);
      if (pattern.startsWith("/") || pattern.split(/[\\/{},]/).includes("..")) {
        throw new Error("glob: the pattern must be relative and may not contain \"..\"; use path for the folder to search in");
      }
      return glob(pattern, path === undefined ? question.root : await resolvePath(context, path));
    }
    case "grep": {
      const { pattern, path } = inputs.grep.parse(input);
      const block = { type: "tool_use", id: "grep", name: "grep", input } as const;
      return text(await betaGrepTool(context).run(path === undefined ? { pattern } : { pattern, path }, { signal, toolUse: block, toolUseBlock: block }));
    }
  }
}

async function refuseHidden(context: AgentToolContext, path: string, { root, hidden }: FileToolsQuestion): Promise<void> {
  const real = await resolvePath(context, path);
  const over = hidden.find((each) => real === each || real.startsWith(`${each}/`));
  if (over !== undefined) throw new Error(`${path} is hidden from this run by policy (${relative(root, over)}): it can be neither read nor changed`);
}

/**
 * Names that mean something else on another system, or to git there: a file of that name would become a weapon in the
 * checkout of whoever lands it. Git itself refuses most of them (core.protectNTFS, core.protectHFS).
 */
function refuseStrange(path: string): void {
  const parts = path.split(/[\\/]/).map((part) => part.normalize("NFC").replaceAll(/[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g, ""));
  const git = parts.find((part) => /^(\.git|git~\d+)[ .]*(::?.*)?$/i.test(part));
  if (git !== undefined) throw new Error(`${path} would be git's own folder on some system; files in it are changed with git commands only`);
  if (/^[a-z][\w+.-]*:\/\//i.test(path) || path.startsWith("\\\\") || path.startsWith("~")) {
    throw new Error(`${path} is not a path in the worktree; give one that is relative to its root`);
  }
}

/** What a write to `path` will make, with the mode that an editor would give. The SDK makes everything for the owner only. */
function missing(root: string, path: string): readonly { readonly path: string; readonly mode: number }[] {
  const made: { readonly path: string; readonly mode: number }[] = [];
  if (!existsSync(path)) made.push({ path, mode: 0o666 & ~MASK });
  for (let folder = dirname(path); folder.startsWith(resolve(root)) && !existsSync(folder); folder = dirname(folder)) {
    made.push({ path: folder, mode: 0o777 & ~MASK });
  }
  return made;
}

function explained(message: string, { root, readOnlyBecause }: FileToolsQuestion): string {
  if (REFUSED.test(message)) return `${message} - ${readOnlyBecause}`;
  if (/permission denied/.test(message) && lstatSync(join(root, "."), { throwIfNoEntry: false }) === undefined) return `${message} - the worktree is gone`;
  if (/EOVERFLOW/.test(message)) return `${message} - this file belongs to another user or group, and a throw-away layer cannot copy such a file; inside a decision it can be changed`;
  return message;
}

function text(result: unknown): string {
  return typeof result === "string" ? result : JSON.stringify(result);
}

function refused(why: string): FileResult {
  return { ok: false, text: why };
}
