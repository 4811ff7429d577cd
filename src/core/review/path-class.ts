// What kind of file a path names, by its name alone. Used for ordering attention, never for permission.

/** `lock`: written by a package manager; `ci`: runs on a build server; `config`: steers tools. */
export type PathClass = "docs" | "test" | "lock" | "ci" | "config" | "source";

const LOCK = /^(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|bun\.lockb?|cargo\.lock|poetry\.lock|pdm\.lock|uv\.lock|pipfile\.lock|composer\.lock|gemfile\.lock|go\.sum|flake\.lock|packages\.lock\.json|mix\.lock|pubspec\.lock|podfile\.lock|package\.resolved|gradle\.lockfile|deno\.lock)$/u;
const CI = /^(?:\.github\/(?:workflows|actions)\/|\.gitlab-ci\.ya?ml$|\.gitlab\/|\.circleci\/|\.buildkite\/|\.travis\.ya?ml$|azure-pipelines\.ya?ml$|jenkinsfile$|\.drone\.ya?ml$|\.woodpecker)/u;
const TEST_FOLDER = /(?:^|\/)(?:tests?|__tests__|__snapshots__|specs?|e2e|fixtures|testdata)\//u;
const TEST_NAME = /(?:[._-](?:test|spec|cy|e2e)\.[a-z0-9]+|^test_[^/]*\.py|_test\.[a-z0-9]+|tests?\.(?:java|kt|cs|swift)|\.snap|\.feature)$/u;
const DOCS_NAME = /(?:\.(?:md|mdx|rst|adoc|txt)|^(?:license|licence|changelog|authors|notice|contributing|codeowners|readme)(?:\.[a-z]+)?)$/u;
const DOCS_FOLDER = /^docs?\//u;
const CONFIG_NAME = /(?:^\.|^(?:dockerfile|makefile|justfile|cmakelists\.txt|package\.json|tsconfig[^/]*\.json|go\.mod|requirements[^/]*\.txt|pipfile|gemfile|rakefile|procfile)$|\.(?:toml|ini|cfg|conf|ya?ml|properties|gradle|tf|env)$|\.config\.[cm]?[jt]s$|rc(?:\.[a-z]+)?$)/u;
const CODE_LIKE_DOCS = /\.(?:[cm]?[jt]sx?|py|rb|go|rs|sh|c|cc|cpp|h|java|kt|php|html)$/u;

export function pathClass(path: string): PathClass {
  const lower = path.toLowerCase();
  const name = lower.slice(lower.lastIndexOf("/") + 1);
  if (LOCK.test(name)) return "lock";
  if (CI.test(lower)) return "ci";
  if (TEST_FOLDER.test(lower) || TEST_NAME.test(name)) return "test";
  if (/^(?:requirements[^/]*|cmakelists)\.txt$/u.test(name)) return "config";
  if (DOCS_NAME.test(name) || (DOCS_FOLDER.test(lower) && !CODE_LIKE_DOCS.test(name))) return "docs";
  if (CONFIG_NAME.test(name)) return "config";
  return "source";
}
