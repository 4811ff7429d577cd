// What the scripted model says in the tests of the runner: small tasks, as turns.
import type { Script, ScriptBlock } from "../../src/agent/scripted/script.js";

export function call(tool: string, input: Record<string, unknown>): ScriptBlock {
  return { call: { tool, input } };
}

export const begin = (title: string, why = `because ${title}`): ScriptBlock => call("begin_decision", { title, why });
export const end = (outcome = "done", more: Record<string, unknown> = {}): ScriptBlock => call("end_decision", { outcome, ...more });
export const write = (file_path: string, content: string): ScriptBlock => call("write", { file_path, content });
export const bash = (command: string): ScriptBlock => call("bash", { command });
export const finish = (summary = "All done."): ScriptBlock => call("finish", { summary });

/** One reply a list of blocks. */
export function turns(...replies: readonly (readonly ScriptBlock[])[]): Script {
  return { turns: replies.map((blocks) => ({ blocks: [...blocks] })) };
}

/**
 * Looks around, fixes one file by an edit and one by the shell, in two decisions, and finishes. A decision begins in a
 * reply of its own, so that a reply can be said again when one of its calls was interrupted.
 */
export const TASK = turns(
  [{ say: "I look around." }, call("read", { file_path: "src/sum.js" }), call("glob", { pattern: "**/*.js" }), bash("ls && git log --oneline")],
  [begin("Add instead of subtracting", "sum returned a difference")],
  [call("edit", { file_path: "src/sum.js", old_string: "a - b", new_string: "a + b" })],
  [bash("node test/all.js && echo checked"), end("sum adds now", { claims: [{ claim: "the check is green", command: "node test/all.js" }] })],
  [begin("Say what sum does", "the guide was empty")],
  [bash("printf '# Guide\\n\\nsum(a, b) adds.\\n' > docs/guide.md && printf 'two\\n' > docs/more.md")],
  [end("the guide speaks of sum")],
  [finish("sum adds, and the guide says so.")],
);
