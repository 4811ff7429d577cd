// `npm run open`: the extension in a real VS Code, on a copy of the sample project. The person's own VS Code where there is
// one, else the workbench of the tests, in a browser. What it makes lies in a temporary folder and goes away with it.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { serverProgram } from "./workbench.mjs";

/** Resolves with the exit code: for a browser when the person ends it, for VS Code as soon as the window was asked for. */
export async function openSample({ root, node, hasCode, say }) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "vigil-open-")));
  const project = layOut(root, join(folder, "bakery"));
  if (hasCode) {
    say(`Opening ${project} in VS Code, with the extension of this folder. Delete ${folder} when you are done.`);
    return spawnSync("code", ["--new-window", `--extensionDevelopmentPath=${root}`, project], { stdio: "inherit", shell: process.platform === "win32" }).status ?? 1;
  }
  const program = serverProgram();
  if (!existsSync(program)) {
    rmSync(folder, { recursive: true, force: true });
    say("There is no VS Code to open here. Install VS Code, and run the same command again.");
    return 1;
  }
  return serveSample({ root, node, program, folder, project, say });
}

/** A repository with one commit, by the one whom the sample's policy names as owner. */
function layOut(root, project) {
  cpSync(join(root, "media", "rehearsal", "project"), project, { recursive: true });
  if (existsSync(join(project, "gitignore"))) renameSync(join(project, "gitignore"), join(project, ".gitignore"));
  const git = (...args) => {
    const result = spawnSync("git", args, { cwd: project, encoding: "utf8" });
    if (result.status !== 0) throw new Error(`git ${args[0]} failed: ${result.stderr}${result.error?.message ?? ""}`);
  };
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Rehearsal Baker");
  git("config", "user.email", "baker@rehearsal.example");
  git("add", "--all");
  git("commit", "--quiet", "--no-gpg-sign", "--message=A bread planner for breakfast");
  return project;
}

function serveSample({ root, node, program, folder, project, say }) {
  const data = join(folder, "data");
  mkdirSync(join(data, "extensions"), { recursive: true });
  symlinkSync(root, join(data, "extensions", "vigil.vigil-0.1.0"), "dir");
  mkdirSync(join(data, "data", "User"), { recursive: true });
  writeFileSync(join(data, "data", "User", "settings.json"), JSON.stringify({ "workbench.startupEditor": "none" }));
  // Whoever knows the address may do what the person may do here, so it holds a secret.
  const token = randomBytes(16).toString("hex");
  const args = [program, "--host", "127.0.0.1", "--port", "0", "--connection-token", token, "--accept-server-license-terms", "--server-data-dir", data, "--telemetry-level", "off", "--disable-workspace-trust"];
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) };
  const child = spawn(node, args, { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const end = () => process.kill(-child.pid, "SIGTERM");
  process.once("SIGINT", end).once("SIGTERM", end);
  let said = "";
  // It misses files that nobody needs; what it says is of use only when it fails.
  child.stderr.on("data", (chunk) => (said += chunk));
  child.stdout.on("data", (chunk) => {
    const before = said;
    said += chunk;
    const port = /Extension host agent listening on (\d+)/.exec(said)?.[1];
    if (port === undefined || before.includes("Extension host agent listening on")) return;
    const address = `http://localhost:${port}/?tkn=${token}&folder=${encodeURIComponent(project)}`;
    process.stdout.write(`${address}\n`);
    say("Open that in a browser: a VS Code with the extension, on a copy of the sample project. Ctrl-C ends it and deletes the copy.");
  });
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
      if (signal === null && code !== 0) say(`The workbench ended with ${code}:\n${said}`);
      resolve(signal === null ? code : 0);
    });
  });
}
