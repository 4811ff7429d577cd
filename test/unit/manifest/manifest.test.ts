// The manifest says what the code does: settings from their tables, a handler and a title for every command, no key bound
// to nothing, no menu entry for what does not exist.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ACTS } from "../../../src/core/panel/messages.js";
import { contributed } from "./contributed.js";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const manifestSchema = z.object({
  capabilities: z.object({ untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }) }),
  contributes: z.object({
    commands: z.array(z.object({ command: z.string(), title: z.string(), category: z.string(), enablement: z.string().optional() })),
    configuration: z.array(z.unknown()),
    keybindings: z.array(z.object({ command: z.string(), key: z.string(), when: z.string() })),
    menus: z.record(z.string(), z.array(z.object({ command: z.string().optional(), when: z.string().optional() }))),
    views: z.record(z.string(), z.array(z.object({ id: z.string() }))),
    viewsWelcome: z.array(z.object({ view: z.string(), contents: z.string() })),
  }),
});
const text = readFileSync(join(root, "package.json"), "utf8");
const manifest = manifestSchema.parse(JSON.parse(text));
const strings = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(join(root, "package.nls.json"), "utf8")));
const commands = manifest.contributes.commands.map(({ command }) => command);

function sources(...files: readonly string[]): string {
  return files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
}

describe("the manifest", () => {
  it("has the settings of the tables, made by: node build.mjs manifest", () => {
    const made = contributed();
    assert.deepEqual(manifest.contributes.configuration, made.configuration);
    assert.deepEqual(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations, made.restrictedConfigurations);
  });

  it("names every command once, and only commands that the table handles", () => {
    const handled = new Set([...sources("src/vscode/commands.ts").matchAll(/^ {4}"(vigil\.[\w.]+)":/gmu)].map(([, id]) => id ?? ""));
    for (const act of ACTS) handled.add(`vigil.timeline.${act}`);
    assert.deepEqual(commands.toSorted(), [...handled].toSorted());
  });

  it("binds keys and fills menus with commands that exist", () => {
    const used = [...manifest.contributes.keybindings.map(({ command }) => command), ...Object.values(manifest.contributes.menus).flatMap((entries) => entries.flatMap(({ command }) => command ?? []))];
    assert.deepEqual(used.filter((command) => !commands.includes(command)), []);
  });

  it("binds no key without a condition, so that none is taken from the rest of the editor", () => {
    assert.deepEqual(manifest.contributes.keybindings.filter(({ when }) => !when.includes("vigil") && !when.includes("Vigil")).map(({ key }) => key), []);
  });

  it("binds single letters only while the timeline's list has the focus", () => {
    const single = manifest.contributes.keybindings.filter(({ key }) => /^(?:shift\+)?[a-z/?.[\],]$|^[a-z] [a-z]$/u.test(key));
    assert.ok(single.length > 10);
    assert.deepEqual(single.filter(({ when }) => !when.includes("vigil.timelineListFocused")).map(({ key }) => key), []);
  });

  it("leaves letters to the palette, to fields and to lists of the editor, which know of their focus before the page has told of its own", () => {
    const single = manifest.contributes.keybindings.filter(({ when }) => when.includes("vigil.timelineListFocused"));
    for (const key of ["!inQuickOpen", "!inputFocus", "!listFocus"]) assert.deepEqual(single.filter(({ when }) => !when.split(" && ").includes(key)), []);
  });

  it("has a string for every name that it uses, and uses every string", () => {
    const used = [...text.matchAll(/"%([\w.]+)%"/gu)].map(([, name]) => name ?? "");
    assert.deepEqual([...new Set(used)].toSorted(), Object.keys(strings).toSorted());
  });

  it("offers in its welcome texts only commands that exist", () => {
    const offered = Object.values(strings).flatMap((string) => [...string.matchAll(/command:(vigil\.[\w.]+)/gu)].map(([, id]) => id ?? ""));
    assert.deepEqual(offered.filter((command) => !commands.includes(command)), []);
  });
});
