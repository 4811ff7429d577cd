// Reports what this machine can enforce, one finding each, with one remedy. It only looks; it changes nothing.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { STAGES, type Stage } from "../core/stage.js";
import { appArmorProfile } from "./app-armor.js";
import { findProgram } from "./bubblewrap.js";
import { detectSandbox } from "./detect.js";
import { inContainer, setting } from "./remedy.js";
import type { SelfTest, Sandbox } from "./sandbox.js";

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** One sentence with the exact command. */
  readonly remedy?: string;
}

export interface MachineReport {
  readonly findings: readonly Finding[];
  /** Stages that can be held here; without walls read-only, and that without commands. */
  readonly stages: readonly Stage[];
  readonly selfTest: SelfTest;
  /** Shell commands to paste, where this machine needs an AppArmor profile. */
  readonly appArmor?: string;
}

/** Runs the self-test of the given sandbox, or of the one this machine can have, and looks at what it stands on. */
export async function machineReport(given?: Sandbox, path: string = process.env["PATH"] ?? "", platform: NodeJS.Platform = process.platform): Promise<MachineReport> {
  const sandbox = given ?? (await detectSandbox());
  const bubblewrap = findProgram("bwrap", path);
  const selfTest = await sandbox.selfTest();
  const mac = platform === "darwin";
  const findings = [
    ...(mac ? [untried()] : [await program("bubblewrap", "bwrap", path, "Install it: `apt install bubblewrap`.", true), userNamespaces(), filter()]),
    sandboxFinding(selfTest),
    layers(sandbox, selfTest),
    hosts(selfTest, await sandbox.hostsTest()),
    ...(mac ? [] : [await program("flock", "flock", path, "Install it: `apt install util-linux`; without it no run can be locked.", true)]),
    await program("ripgrep", "rg", path, `Install it for fast searches: \`${mac ? "brew" : "apt"} install ripgrep\`; a built-in search serves without it.`, false),
    { name: "node", ok: true, detail: `${process.version} at ${process.execPath}` },
    ...(inContainer() ? [{ name: "container", ok: true, detail: "this machine is a container" }] : []),
  ];
  const restricted = setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") === "1" && !selfTest.passed;
  const report = { findings, stages: selfTest.passed ? STAGES : (["read-only"] as const), selfTest };
  return restricted ? { ...report, appArmor: appArmorProfile(bubblewrap ?? "/usr/bin/bwrap") } : report;
}

function untried(): Finding {
  return { name: "macOS", ok: true, detail: "never tried by us on a real Mac; the self-test decides what is offered" };
}

async function program(name: string, file: string, path: string, remedy: string, needed: boolean): Promise<Finding> {
  const found = findProgram(file, path);
  if (found === undefined) return { name, ok: !needed, detail: "not installed", remedy };
  const { stdout } = await promisify(execFile)(found, ["--version"]).catch((error: NodeJS.ErrnoException) => ({ stdout: error }));
  if (stdout instanceof Error) return { name, ok: !needed, detail: `${found} cannot be run (${stdout.code ?? stdout.message})`, remedy };
  return { name, ok: true, detail: `${stdout.split("\n")[0] ?? ""} at ${found}` };
}

function userNamespaces(): Finding {
  const name = "user namespaces";
  const [clone, most, armor] = ["kernel/unprivileged_userns_clone", "user/max_user_namespaces", "kernel/apparmor_restrict_unprivileged_userns"].map(
    (key) => setting(`/proc/sys/${key}`),
  );
  if (most === undefined) return { name, ok: false, detail: "this kernel has none", remedy: "Use a Linux kernel with user namespaces, or WSL2." };
  if (clone === "0") return { name, ok: false, detail: "switched off", remedy: "Switch them on: `sudo sysctl -w kernel.unprivileged_userns_clone=1`." };
  if (most === "0") return { name, ok: false, detail: "switched off", remedy: "Switch them on: `sudo sysctl -w user.max_user_namespaces=10000`." };
  if (armor === "1") return { name, ok: true, detail: "restricted by AppArmor to programs with a profile" };
  return { name, ok: true, detail: `up to ${most}` };
}

function filter(): Finding {
  const name = "system call filter";
  const known = process.arch === "x64" || process.arch === "arm64";
  const actions = setting("/proc/sys/kernel/seccomp/actions_avail");
  if (known && actions?.includes("errno") === true) return { name, ok: true, detail: `seccomp on ${process.arch}` };
  return {
    name,
    ok: false,
    detail: known ? "this kernel has no seccomp filters" : `no filter for ${process.arch}`,
    remedy: "Use a kernel with CONFIG_SECCOMP_FILTER on an x64 or arm64 machine.",
  };
}

function sandboxFinding({ backend, passed, probes, ms, remedy }: SelfTest): Finding {
  const good = probes.filter((probe) => probe.passed).length;
  const finding = { name: "sandbox self-test", ok: passed, detail: `${backend}: ${good} of ${probes.length} probes passed in ${ms} ms` };
  return remedy === undefined ? finding : { ...finding, remedy };
}

// No run needs it: where hosts cannot be opened they stay shut, and all else is as it was.
function hosts({ passed }: SelfTest, tested: SelfTest): Finding {
  const name = "single hosts";
  if (!passed) return { name, ok: false, detail: "not tried, because the sandbox does not hold" };
  const good = tested.probes.filter((probe) => probe.passed).length;
  if (tested.passed) return { name, ok: true, detail: `${tested.backend}: ${good} of ${tested.probes.length} probes passed in ${tested.ms} ms; vigil.policy.networkHosts is enforced` };
  return { name, ok: true, detail: `hosts that policy allows stay shut. ${tested.remedy ?? ""}`.trim() };
}

function layers({ layersAreOverlays, mounts }: Sandbox, { passed }: SelfTest): Finding {
  const name = "throw-away layers";
  if (!passed) return { name, ok: false, detail: "not tried, because the sandbox does not hold" };
  if (!mounts) return { name, ok: true, detail: "copies, because nothing can be mounted here; on APFS they share their blocks, and making one takes as long as naming every file" };
  return layersAreOverlays
    ? { name, ok: true, detail: "overlays: they cost nothing to make" }
    : { name, ok: true, detail: "plain copies: an ordinary user cannot mount an overlay here, so each layer is copied first", remedy: "Use Linux 5.11 or newer and a worktree folder on ext4, xfs or btrfs (`vigil.worktrees.folder`)." };
}
