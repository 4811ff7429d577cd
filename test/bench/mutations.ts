// One random change to a worktree, as hostile as a shell can make it without a second process: renames, modes, links, the
// same size with the time put back, line endings, nested repositories, names of every kind.
import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, linkSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Chance } from "../chance.js";

const NAMES = ["plain", "ünï", "line\nbreak", "sp ace", "*", "-dash", "q\"uote", ":(top)x", "UPPER"];

/** Applies one change and says what it was. */
export function mutate(root: string, chance: Chance, round: number): string {
  const files = filesUnder(root);
  const some = join(root, files[chance.below(files.length)] ?? "none");
  const fresh = join(root, `part${chance.below(4)}`, `${NAMES[chance.below(NAMES.length)] ?? "plain"}${chance.below(30)}`);
  const kind = round % 50 === LARGE_FROM ? "large" : round % 50 === LARGE_UNTIL ? "no longer large" : (KINDS[chance.below(KINDS.length)] ?? "write");
  // A file or link where the new one's folder should be: that place is left alone.
  if (NEEDS_FOLDER.has(kind)) {
    const parent = lstatSync(dirname(fresh), { throwIfNoEntry: false });
    if (parent !== undefined && !parent.isDirectory()) return "nothing";
    mkdirSync(dirname(fresh), { recursive: true });
  }
  const present = lstatSync(some, { throwIfNoEntry: false });
  const file = present?.isFile() === true;
  switch (kind) {
    case "write":
      place(fresh);
      writeFileSync(fresh, `new ${round}\n`);
      break;
    case "carriage returns":
      place(fresh);
      writeFileSync(fresh, `a\r\nb ${round}\r\n$Id$\n`);
      break;
    case "bytes":
      if (file) writeFileSync(some, Buffer.from([0, round % 256, 255, 13, 10]));
      break;
    case "append":
      if (file) appendFileSync(some, `more ${round}\n`);
      break;
    case "remove":
      rmSync(some, { recursive: true, force: true });
      break;
    case "rename":
      if (present === undefined) break;
      place(fresh);
      renameSync(some, fresh);
      break;
    case "rename folder": {
      const folder = join(root, `part${chance.below(4)}`);
      const target = join(root, `moved${chance.below(4)}`);
      if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true && lstatSync(target, { throwIfNoEntry: false }) === undefined) renameSync(folder, target);
      break;
    }
    case "mode":
      if (file) chmodSync(some, (statSync(some).mode & 0o111) !== 0 ? 0o644 : 0o755);
      break;
    case "link":
      place(fresh);
      symlinkSync(chance.below(2) === 0 ? "../nowhere" : "/etc/hostname", fresh);
      break;
    case "hard link":
      if (!file) break;
      place(fresh);
      linkSync(some, fresh);
      writeFileSync(fresh, `through another name ${round}\n`);
      break;
    case "same size, time put back": {
      if (!file) break;
      const { atime, mtime, size } = statSync(some);
      if (size > 1_000_000) break;
      writeFileSync(some, Buffer.alloc(size, 32 + (round % 90)));
      utimesSync(some, atime, mtime);
      break;
    }
    case "same size, old time": {
      // Twice within a moment: only what is read can tell the second from the first.
      if (!file || statSync(some).size > 1_000_000) break;
      writeFileSync(some, Buffer.alloc(statSync(some).size, 32 + (round % 90)));
      utimesSync(some, 1_000_000, 1_000_000);
      break;
    }
    case "file to folder":
      rmSync(some, { recursive: true, force: true });
      mkdirSync(some, { recursive: true });
      writeFileSync(join(some, "inner"), `folder ${round}`);
      break;
    case "large":
      writeFileSync(join(root, LARGE), `large ${round}`);
      truncateSync(join(root, LARGE), 101 * 1024 * 1024);
      break;
    case "no longer large":
      rmSync(join(root, LARGE), { recursive: true, force: true });
      break;
    case "beside a folder": {
      // In a tree a folder is sorted as if a slash ended its name, between these two.
      const name = `part${chance.below(2)}${["-x", "0x", ".x"][chance.below(3)] ?? ""}`;
      place(join(root, name));
      writeFileSync(join(root, name), `beside ${round}\n`);
      break;
    }
    case "ignored":
      place(`${fresh}.log`);
      writeFileSync(`${fresh}.log`, "ignored\n");
      break;
    case "repository": {
      const made = join(root, `nested${chance.below(3)}`);
      if (lstatSync(made, { throwIfNoEntry: false }) === undefined) execFileSync("git", ["init", "-q", made], { stdio: "ignore" });
      writeFileSync(join(made, "inner"), `nested ${round}\n`);
      break;
    }
    case "attributes":
      writeFileSync(join(root, ".gitattributes"), `* text=auto eol=lf ident\n# ${round}\n`);
      break;
  }
  return kind;
}

/** Over 100 MB; there for three rounds of fifty, because reading it from nothing takes git a second. */
const LARGE = "large file";
const LARGE_FROM = 10;
const LARGE_UNTIL = 13;

const KINDS = ["write", "carriage returns", "bytes", "append", "remove", "rename", "rename", "rename folder", "mode", "link", "hard link", "same size, time put back", "same size, time put back", "same size, old time", "file to folder", "beside a folder", "beside a folder", "ignored", "repository", "attributes"] as const;
const NEEDS_FOLDER: ReadonlySet<string> = new Set(["write", "carriage returns", "rename", "link", "hard link", "ignored"]);

function place(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** Files and links, outside of repositories of their own. */
function filesUnder(root: string): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      if (entry.name === ".git" || entry.name.startsWith("nested")) continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else found.push(path);
    }
  };
  walk("");
  return found.sort();
}
