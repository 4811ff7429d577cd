// Which changes must be confirmed once more, one by one, before they land: files that run code, steer tools or speak to
// agents on somebody's machine later. Works on names and contents; it never decides that a change is harmless by trust.
import { foldPath } from "../text/fold.js";
import type { Contents, JudgedChange } from "./change.js";
import { manifestChange } from "./manifest.js";

/** Tested against the folded path, in any folder. */
const LATER_RUN: readonly { readonly find: RegExp; readonly why: string }[] = [
  { find: /(?:^|\/)\.vscode\//u, why: "the editor obeys it, and may run tasks from it" },
  { find: /(?:^|\/)\.idea\//u, why: "the editor obeys it, and may run configurations from it" },
  { find: /\.code-workspace$/u, why: "the editor obeys it, and may run tasks from it" },
  { find: /(?:^|\/)\.devcontainer(?:\/|\.json$)/u, why: "opening the folder in a container runs commands from it" },
  { find: /(?:^|\/)\.envrc$/u, why: "direnv runs it when somebody enters the folder" },
  { find: /(?:^|\/)\.env[^/]*$/u, why: "programs read their environment, and secrets, from it" },
  { find: /(?:^|\/)\.husky\//u, why: "git hooks run it" },
  { find: /(?:^|\/)\.git(?:\/|$)/u, why: "git obeys it" },
  { find: /(?:^|\/)\.github\/(?:workflows|actions)\//u, why: "the build server runs it" },
  { find: /(?:^|\/)\.git[^/]*$/u, why: "git obeys it" },
  { find: /(?:^|\/)(?:\.gitlab-ci\.ya?ml$|\.gitlab\/ci\/|\.circleci\/)/u, why: "the build server runs it" },
  { find: /(?:^|\/)(?:\.npmrc|\.yarnrc[^/]*|\.?pnpmfile[^/]*)$/u, why: "the package manager obeys it, and may run it" },
  { find: /(?:^|\/)\.yarn\/(?:releases|plugins)\//u, why: "the package manager runs it" },
  { find: /(?:^|\/)(?:conftest|sitecustomize|usercustomize|setup)\.py$/u, why: "Python tools run it without being asked" },
  { find: /\.pth$/u, why: "Python runs lines of it at every start" },
  { find: /(?:^|\/)\.cargo\/config[^/]*$/u, why: "cargo obeys it, and may run programs from it" },
  { find: /(?:^|\/)(?:build\.rs|rust-toolchain[^/]*)$/u, why: "a Rust build runs it" },
  { find: /(?:^|\/)\.mcp\.json$/u, why: "agents start the programs that it names" },
  { find: /(?:^|\/)\.(?:cursor|claude|codex|windsurf|gemini)\//u, why: "other agents obey it" },
  { find: /(?:^|\/)(?:agents|claude|gemini)\.md$/u, why: "other agents obey it" },
  { find: /(?:^|\/)(?:\.cursorrules|\.windsurfrules)$/u, why: "other agents obey it" },
  { find: /(?:^|\/)\.bazelrc$/u, why: "a build obeys it, and may run programs from it" },
  { find: /(?:^|\/)gradle\/wrapper\//u, why: "a build downloads and runs what it names" },
  { find: /(?:^|\/)(?:\.pre-commit-config\.ya?ml|\.?lefthook(?:-local)?\.(?:ya?ml|toml|json))$|(?:^|\/)\.lefthook\//u, why: "git hooks run it" },
  { find: /(?:^|\/)(?:jenkinsfile|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.travis\.yml|\.drone\.yml|\.woodpecker(?:\.ya?ml)?|appveyor\.yml)$|(?:^|\/)(?:\.buildkite|\.woodpecker)\//u, why: "the build server runs it" },
  { find: /(?:^|\/)(?:\.rvmrc|\.?mise(?:\.local)?\.toml|\.autoenv[^/]*)$|(?:^|\/)\.mise\//u, why: "a shell runs it when somebody enters the folder" },
  { find: /(?:^|\/)(?:\.gdbinit|\.lldbinit|\.exrc|\.n?vimrc|\.nvim\.lua|\.dir-locals(?:-2)?\.el|\.irbrc|\.pryrc|\.rspec|\.pylintrc|\.pnp\.[^/]*|bunfig\.toml)$|(?:^|\/)\.(?:zed|fleet)\//u, why: "a tool obeys it when it is opened here, and may run it" },
  { find: /(?:^|\/)binding\.gyp$/u, why: "installing the package builds it, which runs commands from it" },
  { find: /(?:^|\/)(?:\.clinerules|\.roorules|\.roomodes|\.goosehints|\.aider\.conf\.ya?ml|opencode\.jsonc?|copilot-instructions\.md)$|(?:^|\/)(?:\.clinerules|\.roo|\.continue|\.junie|\.kiro|\.amazonq|\.opencode|\.github\/(?:instructions|prompts|chatmodes|agents))\//u, why: "other agents obey it" },
  { find: /(?:^|\/)\.vigil(?:\/|$)/u, why: "it belongs to this supervision itself" },
];

/**
 * Why this change must be confirmed once more, as a sentence; undefined where it need not. Without contents, a
 * manifest or lock file counts as changed in what matters.
 */
export function asksTwice(change: JudgedChange, contents: Contents = {}): string | undefined {
  return asksTwiceByName(change) ?? notText(change, contents) ?? manifestChange(change, contents);
}

/** The part that needs no contents: the name, the kind of file, the executable bit. */
export function asksTwiceByName(change: JudgedChange): string | undefined {
  const [before, after] = change.modes;
  if (before === "160000" || after === "160000") return `${change.path} is another repository (a submodule): its content is not in this change.`;
  if (before === "120000" || after === "120000") return `${change.path} is a symbolic link: what it leads to can lie anywhere.`;
  const folded = foldPath(change.path);
  const match = LATER_RUN.find((entry) => entry.find.test(folded));
  if (match !== undefined) return `${change.path}: ${match.why}.`;
  if (isFile(before) && isFile(after) && before !== after) {
    return after === "100755" ? `${change.path} becomes executable.` : `${change.path} is no longer executable.`;
  }
  if (change.binary) return `${change.path} is binary: nobody can read what changed.`;
  return undefined;
}

/** Bytes that are not UTF-8 arrive as U+FFFD. No diff shows such a file's lines, though git counts them as text. */
function notText(change: JudgedChange, contents: Contents): string | undefined {
  const unreadable = [contents.before, contents.after].some((text) => text?.includes("\uFFFD") === true);
  return unreadable ? `${change.path} is not text in UTF-8: its lines are shown nowhere.` : undefined;
}

function isFile(mode: string): boolean {
  return mode === "100644" || mode === "100755";
}
