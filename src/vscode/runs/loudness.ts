// How loud an announcement may be at this moment: what the person set, and in their quiet hours a number at most.
import * as vscode from "vscode";
import { isQuiet } from "../../core/policy/quiet-hours.js";

export type Loudness = "toast" | "badge" | "off";

export function loudnessOf(what: "approval" | "finished", now: Date): Loudness {
  const settings = vscode.workspace.getConfiguration("vigil");
  const set = settings.get<Loudness>(`notify.${what}`, what === "approval" ? "toast" : "badge");
  return set === "toast" && isQuiet(settings.get<string>("notify.quietHours", ""), now.getHours(), now.getMinutes()) ? "badge" : set;
}
