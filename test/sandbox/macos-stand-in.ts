// The backend of macOS with something in the place of Apple's sandbox-exec that confines nothing: it reads no profile and only
// gives the program a process namespace, so that its warden can kill all that it can see. What is tried with it is all
// that the backend does besides the walls. The product has no switch for this: its sources are built with one word changed.
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { z } from "zod";
import type { SeatbeltOptions } from "../../src/sandbox/macos/seatbelt.js";
import type { Sandbox } from "../../src/sandbox/sandbox.js";

const begin = `#!/bin/bash
case $1 in -f) profile=$(<"$2") ;; -p) profile=$2 ;; esac
[[ $profile = *"(deny default)"* ]] || { echo "no profile" >&2; exit 65; }
shift 2
`;
const KINDS = {
  /** The program sees its own processes only, as the rule about signals wants it. */
  apart: `${begin}exec bwrap --dev-bind / / --unshare-pid --proc /proc --die-with-parent -- "$@"\n`,
  /** It sees all of the machine. */
  open: `${begin}exec "$@"\n`,
} as const;

interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

function editsFor(standIn: string, tested: boolean): readonly Edit[] {
  return [
    { file: "macos/seatbelt.ts", from: '"/usr/bin/sandbox-exec"', to: JSON.stringify(standIn) },
    // Its self-test fails with a stand-in, as it must.
    ...(tested ? [] : [{ file: "macos/seatbelt.ts", from: "if (!test.passed) throw", to: "if (false) throw" }]),
    // A namespace gives its processes numbers that others have outside.
    { file: "macos/self-test.ts", from: "/^\\d+$/.test(pid)", to: "Number(pid) > 500" },
  ];
}

/** `folder`: for the stand-in and the bundle. `tested`: the self-test decides, as in the product. */
export async function standInSandbox(folder: string, kind: keyof typeof KINDS, tested: boolean, options: SeatbeltOptions): Promise<Sandbox> {
  const standIn = join(folder, `sandbox-exec-${kind}`);
  writeFileSync(standIn, KINDS[kind]);
  chmodSync(standIn, 0o755);
  const edits = editsFor(standIn, tested);
  const outfile = join(folder, `${kind}-${tested ? "tested" : "untested"}.mjs`);
  await build({
    entryPoints: [resolve("src/sandbox/macos/seatbelt.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outfile,
    logLevel: "error",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    plugins: [
      {
        name: "edits",
        setup(bundling) {
          bundling.onLoad({ filter: /sandbox\/macos\/[\w-]+\.ts$/ }, ({ path }) => {
            let contents = readFileSync(path, "utf8");
            for (const { from, to } of edits.filter(({ file }) => path.endsWith(file))) {
              if (contents.split(from).length !== 2) throw new Error(`${from} must stand there exactly once`);
              contents = contents.replace(from, () => to);
            }
            return { contents, loader: "ts" };
          });
        },
      },
    ],
  });
  const made: unknown = await import(pathToFileURL(outfile).href);
  return z.object({ seatbeltSandbox: z.custom<(options: SeatbeltOptions) => Sandbox>((value) => typeof value === "function") }).parse(made).seatbeltSandbox(options);
}
