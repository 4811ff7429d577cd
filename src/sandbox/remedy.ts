// Says what a person can do when nothing can be confined: one sentence of cause, one command. It only reads the machine.
import { existsSync, readFileSync } from "node:fs";

/** A whole sentence for what bubblewrap or the launcher wrote. */
export function remedyFor(said: string): string {
  const restart = "then run `vigil doctor` to see that it works";
  if (/bwrap: not found/.test(said)) {
    return `Commands cannot be confined here: bubblewrap is missing. Install it (\`apt install bubblewrap\`, \`dnf install bubblewrap\` or \`pacman -S bubblewrap\`), ${restart}.`;
  }
  if (/bash: not found/.test(said)) return `Commands cannot be confined here: /bin/bash is missing. Install bash, ${restart}.`;
  const denied = /permission|not permitted|namespace|uid map|no space left|Invalid argument/i.test(said) && !/^\/|second name/.test(said);
  if (denied && setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") === "1") {
    return `Commands cannot be confined here: Ubuntu's AppArmor keeps bubblewrap from making namespaces. Install the profile that \`vigil doctor\` prints (it is two commands), ${restart}.`;
  }
  if (denied && setting("/proc/sys/kernel/unprivileged_userns_clone") === "0") {
    return `Commands cannot be confined here: user namespaces are switched off. Switch them on with \`sudo sysctl -w kernel.unprivileged_userns_clone=1\`, ${restart}.`;
  }
  if (denied && setting("/proc/sys/user/max_user_namespaces") === "0") {
    return `Commands cannot be confined here: user namespaces are switched off. Switch them on with \`sudo sysctl -w user.max_user_namespaces=10000\`, ${restart}.`;
  }
  if (denied && inContainer()) {
    return `Commands cannot be confined here: this container may not make namespaces (${short(said)}). Start it with \`--security-opt seccomp=unconfined --security-opt systempaths=unconfined\`, or run Vigil outside of it, ${restart}.`;
  }
  return `Commands could not be confined (${short(said)}). Run \`vigil doctor\` for what this machine lacks, or keep the run at read-only without commands.`;
}

/** Whether this process itself lives in a container. */
export function inContainer(): boolean {
  return existsSync("/.dockerenv") || existsSync("/run/.containerenv");
}

/** A kernel setting's text, or undefined where the kernel does not have it. */
export function setting(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

function short(said: string): string {
  const line = said.trim().split("\n").at(-1) ?? "";
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
