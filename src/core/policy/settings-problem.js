import { HumanError } from "../error.js";
/** Line of an offset in the text, counting from 1. */
export function lineAt(text, offset) {
    return text.slice(0, offset).split(/\r\n|\r|\n/u).length;
}
export function settingsError(where, problems) {
    const lines = [...problems].sort((a, b) => a.line - b.line).map((problem) => `${where}:${problem.line}: ${problem.text}`);
    return new HumanError(lines.join("\n"), 2);
}
/** What a value should have been, in words, from zod's own account of it. */
export function accepted(issue) {
    switch (issue.code) {
        case "invalid_value":
            return `use ${list(issue.values.map((value) => JSON.stringify(value)))}`;
        case "invalid_type":
            return `use ${article(issue.expected)}`;
        case "too_small":
            return issue.origin === "string" || issue.origin === "array" ? "it must not be empty" : `use ${issue.inclusive === true ? "at least" : "more than"} ${String(issue.minimum)}`;
        case "too_big":
            return `use at most ${String(issue.maximum)}`;
        case "unrecognized_keys":
            return `remove ${list(issue.keys.map((key) => JSON.stringify(key)))}, which nothing reads`;
        default:
            return issue.message;
    }
}
function list(words) {
    return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}
function article(type) {
    if (type === "array")
        return "a list in [ ]";
    if (type === "object" || type === "record")
        return "an object in { }";
    if (type === "boolean")
        return "true or false";
    if (type === "string")
        return "a text in quotes";
    return type === "int" ? "a whole number" : `a ${type}`;
}
//# sourceMappingURL=settings-problem.js.map