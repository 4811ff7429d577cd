// The address under which the served workbench opens a folder or a workspace of several, with an extension under development if there is one.
import type { Served } from "./served.js";

export interface Development {
  /** Folder of the extension's manifest. */
  readonly extension: string;
  /** The module whose `run` the extension host calls; without it nothing is run. */
  readonly tests?: string;
}

export function workbenchAddress(served: Served, folder: string | undefined, development?: Development): string {
  const there = (path: string): string => `vscode-remote://${served.authority}${path}`;
  const payload = [["skipWelcome", "true"]];
  if (development !== undefined) payload.push(["extensionDevelopmentPath", there(development.extension)]);
  if (development?.tests !== undefined) payload.push(["extensionTestsPath", there(development.tests)]);
  const address = new URL(served.url);
  if (folder === undefined) address.searchParams.set("ew", "true");
  else address.searchParams.set(folder.endsWith(".code-workspace") ? "workspace" : "folder", folder);
  address.searchParams.set("payload", JSON.stringify(payload));
  return address.href;
}
