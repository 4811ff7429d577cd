// The toolset that works on files: what the model is told about each tool and what counts as a well-formed call.
// Nothing here runs a tool. The inputs are those of the SDK's agent toolset, which runs them inside the walls.
import { z } from "zod";
import { supervisingTools } from "./supervising-tools.js";

const path = z.string().min(1).refine((text) => !text.includes("\0"), "a path cannot hold a NUL character");

const bash = z
  .object({
    command: z.string().optional().describe("The command line, as for bash."),
    restart: z.boolean().optional().describe("Start a fresh shell first: the working directory and variables are lost."),
    timeout_ms: z.number().int().positive().optional().describe("Milliseconds after which the command is given up. Default: two minutes."),
  })
  .refine((input) => (input.command !== undefined && input.command.trim() !== "") || input.restart === true, "command is missing");

const read = z.object({
  file_path: path.describe("The file, relative to the worktree or absolute."),
  view_range: z.array(z.number().int().min(1)).length(2).optional().describe("First and last line, counted from 1, both included."),
});

const write = z.object({ file_path: path, content: z.string().describe("The whole new content.") });

const edit = z.object({
  file_path: path,
  old_string: z.string().min(1).describe("The exact text to replace, with its white space. It must occur once, unless replace_all is set."),
  new_string: z.string(),
  replace_all: z.boolean().optional(),
});

const glob = z.object({
  pattern: z.string().min(1).describe("For example src/**/*.ts"),
  path: path.optional().describe("Folder to look in. Default: the worktree."),
});

const grep = z.object({
  pattern: z.string().min(1).describe("A regular expression."),
  path: path.optional().describe("File or folder to search. Default: the worktree."),
});

/** What is said about a tool, and what its input must be. */
export interface ToolSpec {
  readonly description: string;
  readonly schema: z.ZodType<object>;
}

const workTools = {
  bash: {
    description:
      "Runs a command line in a persistent bash inside the sandbox: the working directory and exported variables stay. There is no network. Use it to build, test and look around; git may be used as you like, it is a copy that nobody else sees. Files that a command changes count like files that you edit: outside a decision they are thrown away. The output is cut when it is very long, so filter it.",
    schema: bash,
  },
  read: { description: "Reads a text file. Give view_range for a part of a large file.", schema: read },
  write: {
    description: "Writes a whole text file, making folders as needed. Kept only inside a decision (begin_decision). To change part of a file, use edit.",
    schema: write,
  },
  edit: {
    description: "Replaces one piece of text in a file by another. Kept only inside a decision (begin_decision). Read the file first: old_string must match exactly.",
    schema: edit,
  },
  glob: { description: "Lists files that match a glob pattern, the latest changed first.", schema: glob },
  grep: { description: "Searches the content of files for a regular expression and gives the matching lines.", schema: grep },
} as const satisfies Record<string, ToolSpec>;

const allTools = { ...workTools, ...supervisingTools };

export type ToolName = keyof typeof allTools;

/** A well-formed call: the tool's name beside its fields, so that `tool` tells them apart. */
export type ToolInput = { [K in ToolName]: { readonly tool: K } & z.infer<(typeof allTools)[K]["schema"]> }[ToolName];

/** True for the tools that the model is told about. */
export function isToolName(name: string): name is ToolName {
  return Object.hasOwn(allTools, name);
}

/** The key under which a reply's tool input is kept when the model's JSON could not be read. */
export const UNREADABLE_INPUT = "INVALID_JSON";

/** Reads a call's input. Fields that the tool does not know are dropped. `problem` is a sentence for the model. */
export function parseInput(tool: string, input: unknown): { readonly kind: "ok"; readonly input: ToolInput } | { readonly kind: "invalid"; readonly problem: string } {
  if (!isToolName(tool)) return { kind: "invalid", problem: `There is no tool named ${tool}. The tools are ${Object.keys(allTools).join(", ")}.` };
  if (typeof input === "object" && input !== null && UNREADABLE_INPUT in input) {
    return { kind: "invalid", problem: `The input of this ${tool} call was not valid JSON. Send the call again with correctly escaped JSON.` };
  }
  const parsed = allTools[tool].schema.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join(".")}: ${issue.message}`));
    return { kind: "invalid", problem: `The input of ${tool} does not fit: ${problems.join("; ")}.` };
  }
  // The schema that parsed it is the one of `tool`; TypeScript cannot follow that through the lookup.
  return { kind: "ok", input: { tool, ...parsed.data } as ToolInput };
}

/** A tool as the Messages API wants it declared. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly input_schema: { readonly type: "object"; readonly [key: string]: unknown };
}

/** All tools in an order that never changes, because the service caches the prompt from its first byte on. */
export function toolDefinitions(): readonly ToolDefinition[] {
  return Object.entries(allTools).map(([name, spec]) => ({ name, description: spec.description, input_schema: jsonSchema(spec.schema) }));
}

function jsonSchema(schema: z.ZodType): ToolDefinition["input_schema"] {
  const { $schema: _dialect, type: _type, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return { type: "object", ...rest };
}
