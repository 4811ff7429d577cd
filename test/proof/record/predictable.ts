// Edits that give every file of a run a name that can be known beforehand, and every commit the same time: nothing else is
// changed. A fault can then be tied to a path before the process that meets it begins.
import type { Edit } from "../bundles.js";

export const RUN = "20261122-130501-a1b2c3";

export const PREDICTABLE: readonly Edit[] = [
  { file: "src/client/run-id.ts", find: 'return `${day.replaceAll("-", "")}-${time.replaceAll(":", "")}-${randomBytes(3).toString("hex")}`;', replace: `return "${RUN}";` },
  { file: "src/store/blobs.ts", find: "`.new-${id}`", replace: "`.new-${Object.assign(globalThis, { blobCount: ((globalThis as { blobCount?: number }).blobCount ?? 0) + 1 }).blobCount}`" },
  { file: "src/store/inbox.ts", find: "`.new-${id}`", replace: '".new-command"' },
  { file: "src/store/inbox.ts", find: 'return `${String(latest).padStart(13, "0")}-${String(count).padStart(6, "0")}-${randomBytes(4).toString("hex")}`;', replace: 'randomBytes(4); return `0-${process.argv[2] ?? ""}-${count}`;' },
  { file: "src/store/file-store.ts", find: 'await mkdtemp(join(runsFolder, ".new-"))', replace: 'await mkdir(join(runsFolder, ".new-run")).then(() => join(runsFolder, ".new-run"))' },
  { file: "src/client/spawn-runner.ts", find: 'hash.digest("hex").slice(0, 32)', replace: '(hash.digest("hex"), "copy")' },
  { file: "src/client/spawn-runner.ts", find: '`${folder}.${randomBytes(6).toString("hex")}`', replace: '(randomBytes(6), `${folder}.making`)' },
  { file: "src/git/merged-view.ts", find: 'await mkdtemp(join(scratch, "view-"))', replace: 'await mkdir(join(scratch, "view-1")).then(() => (void mkdtemp, join(scratch, "view-1")))' },
  { file: "src/git/checkpoint.ts", find: "(what.at ?? Date.now()) / 1000", replace: "(what.at ?? 1_700_000_000_000) / 1000" },
  { file: "src/git/land.ts", find: "`@${Math.floor(at / 1000)} ", replace: "`@1700000000 " },
];
