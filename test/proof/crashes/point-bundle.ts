// Programs like the product's that can stand still at each point of each event's way into the log.
import { bundleWith, type Edit } from "../bundles.js";

const HOOK = "../../test/proof/crashes/stand-still.js";
const APPEND = "src/store/append.ts";
const INBOX = "src/store/inbox.ts";

const EDITS: readonly Edit[] = [
  {
    file: APPEND,
    find: 'import { encodeHead } from "./head.js";',
    replace: `import { encodeHead } from "./head.js";\nimport { standStill } from "${HOOK}";\nlet kindsNow: readonly string[] = [];\nlet kindsBefore: readonly string[] = [];`,
  },
  {
    file: APPEND,
    find: "const at = Math.trunc(this.#clock());",
    replace: 'kindsBefore = kindsNow;\nkindsNow = events.map((event) => event.kind);\nstandStill("after-effect", kindsBefore, this.#end.bytes);\nstandStill("before-write", kindsNow, this.#end.bytes);\nconst at = Math.trunc(this.#clock());',
  },
  {
    file: APPEND,
    find: "writeAt(this.#log, bytes, this.#end.bytes);\n      fdatasyncSync(this.#log);",
    replace:
      'writeAt(this.#log, bytes.subarray(0, bytes.length >> 1), this.#end.bytes);\nstandStill("half-written", kindsNow, this.#end.bytes);\nwriteAt(this.#log, bytes, this.#end.bytes);\nfdatasyncSync(this.#log);\nstandStill("after-write", kindsNow, end.bytes);',
  },
  { file: APPEND, find: "this.#end = end;\n    return written;", replace: 'this.#end = end;\nstandStill("before-effect", kindsNow, end.bytes);\nreturn written;' },
  { file: APPEND, find: "if (this.#closed) return;", replace: 'if (this.#closed) return;\nstandStill("after-effect", kindsNow, this.#end.bytes);' },
  { file: INBOX, find: 'import { sharedSync, writeThenName } from "./durable.js";', replace: `import { sharedSync, writeThenName } from "./durable.js";\nimport { standStill } from "${HOOK}";` },
  {
    file: INBOX,
    find: "await writeThenName(join(files.inbox, `.new-${id}`), join(files.inbox, id + SUFFIX), [text]);",
    replace:
      'standStill("before-write", [`posted ${command.kind}`], 0);\nawait writeThenName(join(files.inbox, `.new-${id}`), join(files.inbox, id + SUFFIX), [text]);\nstandStill("after-write", [`posted ${command.kind}`], 0);',
  },
];

/** Builds them into `folder`, for `Lab.dist`. */
export function pointBundle(folder: string): Promise<string> {
  return bundleWith(EDITS, folder);
}
