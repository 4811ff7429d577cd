// The least that a team writes to put runs under its policy, as text for `.vscode/settings.json`. What is there already,
// comments included, stays as it is.
import { applyEdits, modify, parseTree } from "jsonc-parser";
import { parseSettings } from "./parse.js";
const HEADER = [
    "  // What agents may do in this repository. It counts once it is committed; \"vigil policy\" shows what is in force.",
    "  // Keys are flat, and uncommitted changes can only narrow.",
];
/** A whole new settings file. */
export function initialSettings(initial) {
    const lines = entries(initial).map(([key, value]) => `  ${JSON.stringify(key)}: ${spaced(value)}`);
    return `{\n${HEADER.join("\n")}\n${lines.join(",\n")}\n}\n`;
}
/**
 * The existing file's text with the keys that it lacks; keys that it has keep their values.
 * @throws HumanError where the existing text is no usable settings file.
 */
export function addToSettings(existing, initial) {
    if (existing === undefined || existing.trim() === "")
        return initialSettings(initial);
    const { settings } = parseSettings(existing, ".vscode/settings.json");
    const present = new Set(Object.keys(settings).map((key) => `vigil.policy.${key}`));
    const bom = existing.startsWith("\uFEFF") ? "\uFEFF" : "";
    const body = existing.slice(bom.length);
    if (parseTree(body)?.children?.length === 0 && !/\/[/*]/u.test(body))
        return initialSettings(initial);
    const added = entries(initial)
        .filter(([key]) => !present.has(key))
        .reduce((text, [key, value]) => applyEdits(text, modify(text, [key], value, { formattingOptions: formatting(body) })), body);
    return bom + added;
}
function entries(initial) {
    return [
        ["vigil.policy.maxStage", initial.stage],
        ["vigil.policy.owner", initial.owner],
        ["vigil.policy.requiredChecks", initial.checks],
        ["vigil.policy.limits.usd", initial.usd ?? 10],
    ];
}
function spaced(value) {
    return Array.isArray(value) ? `[${value.map((part) => JSON.stringify(part)).join(", ")}]` : JSON.stringify(value);
}
function formatting(text) {
    const indent = /\n([ \t]+)"/u.exec(text)?.[1] ?? "  ";
    return { insertSpaces: !indent.includes("\t"), tabSize: indent.includes("\t") ? 1 : indent.length, eol: text.includes("\r\n") ? "\r\n" : "\n" };
}
//# sourceMappingURL=init.js.map