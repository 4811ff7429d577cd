// A copy of the compiled project in which a defence is taken out, for the test files that must notice. The project itself
// is never written.
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { bundleWith, type Edit } from "../bundles.js";
import { CASES_FOLDER } from "../attacks/cases.js";

const project = join(CASES_FOLDER, "..", "..");

export interface Tested {
  readonly passed: boolean;
  /** The end of what the tests said. */
  readonly said: string;
}

/** Where tests are, for which a bundled program matters too. */
const END_TO_END = /^(?:runner|cli|sandbox)\//u;

export class Workspace {
  private constructor(private readonly folder: string) {}

  static make(folder: string): Workspace {
    mkdirSync(folder, { recursive: true });
    // Sources too: some tests bundle what they try themselves.
    for (const name of ["out", "src"]) cpSync(join(project, name), join(folder, name), { recursive: true });
    for (const name of ["node_modules", "package.json", "test", "media", "README.md"]) symlinkSync(join(project, name), join(folder, name));
    cpSync(join(project, "dist"), join(folder, "dist"), { recursive: true });
    return new Workspace(folder);
  }

  /** Runs one test file with the edits applied. */
  async tested(edits: readonly Edit[], file: string, only: string | undefined): Promise<Tested> {
    const edited = new Map<string, string>();
    for (const edit of edits) edited.set(edit.file, applied(edited.get(edit.file) ?? readFileSync(join(project, edit.file), "utf8"), edit));
    for (const [name, text] of edited) {
      writeFileSync(join(this.folder, name), text);
      writeFileSync(this.outputOf(name), (await transform(text, { loader: "ts", format: "esm", target: "node20" })).code);
    }
    const ended = END_TO_END.test(file);
    if (ended && edits.length > 0) await bundleWith(edits, join(this.folder, "dist"));
    try {
      return await this.run(file, only);
    } finally {
      for (const name of edited.keys()) {
        cpSync(join(project, name), join(this.folder, name));
        cpSync(join(project, "out", relativeOutput(name)), this.outputOf(name));
      }
      if (ended && edits.length > 0) cpSync(join(project, "dist"), join(this.folder, "dist"), { recursive: true, force: true });
    }
  }

  private outputOf(name: string): string {
    return join(this.folder, "out", relativeOutput(name));
  }

  private run(file: string, only: string | undefined): Promise<Tested> {
    const mocha = join(project, "node_modules", "mocha", "bin", "mocha.js");
    const args = [mocha, join(this.folder, "out", "test", `${file}.test.js`), "--bail", "--exit", "--reporter", "dot", ...(only === undefined ? [] : ["--fgrep", only])];
    return new Promise((resolve) => {
      execFile(process.execPath, args, { cwd: this.folder, timeout: 600_000, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
        const said = `${stdout}${stderr}`;
        // None that passed and none that failed means that nothing was tested.
        const counted = /(\d+) (?:passing|failing)/u.test(said);
        if (!counted) resolve({ passed: true, said: `no test ran: ${said.slice(-400)}` });
        else resolve({ passed: error === null, said: said.slice(-800) });
      });
    });
  }
}

function relativeOutput(name: string): string {
  return name.replace(/\.ts$/u, ".js");
}

function applied(text: string, edit: Edit): string {
  const stale = staleness(edit, text);
  if (stale !== undefined) throw new Error(stale);
  return text.replace(edit.find, () => edit.replace);
}

/** Why the edit cannot be applied to the sources as they are; undefined where it can. */
export function staleness({ file, find }: Edit, text: string = readFileSync(join(project, file), "utf8")): string | undefined {
  const count = text.split(find).length - 1;
  return count === 1 ? undefined : `${file} holds this text ${String(count)} times, not once: ${find}`;
}
