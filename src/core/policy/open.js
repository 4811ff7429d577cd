// Which stages a run may have here, why not more, and the one edit that opens the next. A stage that cannot be held is
// never offered, and nothing is lowered without saying so.
import { lowestStage, STAGES, stageRank } from "../stage.js";
import { CEILING_WITHOUT_POLICY } from "./narrow.js";
/** The stage of a run: the requested one if it is open, else the highest that is. */
export function openStage(input) {
    const { requested } = input;
    if (requested !== undefined) {
        const obstacle = obstacleTo(requested, input);
        return obstacle === undefined ? { kind: "open", stage: requested, why: `It was asked for${waivedBy(requested, input)}.` } : { kind: "closed", requested, ...obstacle };
    }
    const obstacles = new Map(STAGES.map((stage) => [stage, obstacleTo(stage, input)]));
    const stage = STAGES.findLast((candidate) => obstacles.get(candidate) === undefined);
    if (stage === undefined) {
        const lowest = obstacles.get("read-only");
        return { kind: "closed", requested: "read-only", why: lowest?.why ?? "No stage is open.", edit: lowest?.edit ?? "Run vigil doctor." };
    }
    const next = STAGES[stageRank(stage) + 1];
    const obstacle = next === undefined ? undefined : obstacles.get(next);
    const more = obstacle === undefined || next === undefined ? "" : ` Not ${next}: ${obstacle.why} ${obstacle.edit}`;
    return { kind: "open", stage, why: `The highest stage that is open here${waivedBy(stage, input)}.${more}` };
}
/** All four stages, each open or with what opens it. */
export function stageLadder(input) {
    return STAGES.map((stage) => {
        const obstacle = obstacleTo(stage, input);
        return { stage, state: obstacle === undefined ? { kind: "open", why: `Open here${waivedBy(stage, input)}.` } : { kind: "closed", ...obstacle } };
    });
}
function obstacleTo(stage, input) {
    return overCeiling(stage, input) ?? beyondMachine(stage, input) ?? (stage === "bounded-write" ? missingScope(input) : undefined) ?? (stage === "autonomous-with-summary" ? missingLanding(input) : undefined) ?? missingEvidence(stage, input);
}
function overCeiling(stage, { policy, hasCommittedPolicy }) {
    const set = policy.values.maxStage ?? CEILING_WITHOUT_POLICY;
    const ceiling = hasCommittedPolicy ? set : lowestStage(set, CEILING_WITHOUT_POLICY);
    if (stageRank(stage) <= stageRank(ceiling))
        return undefined;
    const edit = commit("maxStage", stage);
    if (!hasCommittedPolicy && ceiling === CEILING_WITHOUT_POLICY)
        return { why: `No policy is committed here, so the ceiling is ${ceiling}.`, edit };
    const heldBy = policy.origins["maxStage"]?.heldBy;
    if (heldBy !== undefined)
        return { why: `The ceiling is ${ceiling}.`, edit: heldBy };
    return { why: policy.values.maxStage === undefined ? `The committed policy names no maxStage, so the ceiling is ${ceiling}.` : `The committed policy's ceiling is ${ceiling}.`, edit };
}
function beyondMachine(stage, { machine }) {
    if (machine.enforceable.includes(stage))
        return undefined;
    return { why: machine.why ?? `This machine cannot hold a run to ${stage}.`, edit: "Run vigil doctor: it prints what to install or switch on." };
}
function missingScope({ policy }) {
    if (policy.values.scope !== undefined)
        return undefined;
    return missing("scope", policy, "bounded-write needs to know where it may write without asking.", ["src/**"]);
}
function missingLanding({ policy, landingBranch }) {
    const { values } = policy;
    const branch = values["landing.branch"];
    if (values.requiredChecks.length === 0)
        return missing("requiredChecks", policy, "A run that lands by itself needs checks that must be green.", ["npm test"]);
    if (values.owner === undefined)
        return missing("owner", policy, "A run that lands by itself needs somebody who answers for it.", "you@team.example");
    if (branch === undefined)
        return missing("landing.branch", policy, "A run that lands by itself needs a branch to land on, checked out nowhere.", "vigil/landed");
    if (landingBranch.checkedOutAt === undefined)
        return undefined;
    return { why: `The landing branch ${branch} is checked out at ${landingBranch.checkedOutAt}, where landing would change files under somebody's hands.`, edit: `Check out another branch there, or ${lowered(commit("landing.branch", `${branch}-vigil`))}` };
}
function missingEvidence(stage, { policy }) {
    if (stageRank(stage) < stageRank("bounded-write"))
        return undefined;
    const { "promotion.waived": waived, owner } = policy.values;
    if (waived !== undefined && stageRank(waived.stage) >= stageRank(stage))
        return undefined;
    const why = `${stage} needs a track record, which this version does not count yet.`;
    return missing("promotion.waived", policy, why, { stage, by: owner ?? "you@team.example", reason: "why this team goes without one" });
}
function missing(key, policy, why, example) {
    return { why, edit: policy.origins[key]?.heldBy ?? commit(key, example) };
}
function commit(key, value) {
    return `Commit "vigil.policy.${key}": ${JSON.stringify(value)} in .vscode/settings.json.`;
}
function lowered(sentence) {
    return sentence.slice(0, 1).toLowerCase() + sentence.slice(1);
}
function waivedBy(stage, { policy }) {
    const waived = policy.values["promotion.waived"];
    if (waived === undefined || stageRank(stage) < stageRank("bounded-write"))
        return "";
    return `, without a track record: waived by ${waived.by} (${waived.reason})`;
}
//# sourceMappingURL=open.js.map