// Mutation of defences: each is taken out of the product, one at a time, and something must fail that passed before. A
// defence whose absence nobody notices is a case that is missing.
import { join } from "node:path";
import type { Outcome, Proving, Row } from "../row.js";
import { attackCases, usefulCases } from "../attacks/cases.js";
import { campaign, nameOf } from "../attacks/campaign.js";
import { takePost } from "../attacks/post.js";
import { productBundles } from "../attacks/product.js";
import { mutations } from "../mutations/all.js";
import type { Mutation } from "../mutations/mutation.js";
import { notice, type Noticed } from "../mutations/notice.js";
import { staleness, Workspace } from "../mutations/workspace.js";

/** A part of each kind: a wall, a judgement, a setting of git, the record, a text. */
const QUICK: readonly string[] = ["no new namespaces by clone", "the comparison after each step", "policy: the smaller limit wins", "git's setting core.hooksPath", "a changed line is found", "long spaces are counted"];
const AT_A_TIME = 2;

export const defences: Row = {
  id: "defences",
  title: "Defences removed one at a time, noticed by the tests",
  target: "all",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const { only } = proving;
  const wanted = mutations.filter(({ defence }) => (only === undefined ? proving.size === "whole" || QUICK.includes(defence) : only.split("|").some((part) => defence.includes(part))));
  // All of them, also where few are tried: an edit that went stale with a change of the product takes nothing out any more.
  const stale = mutations.flatMap(({ defence, edits }) => edits.flatMap((edit) => staleness(edit) ?? []).map((why) => `${defence}: ${why}`));
  const workspaces = Array.from({ length: AT_A_TIME }, (_, n) => Workspace.make(join(proving.folder, `w${String(n)}`)));
  const before = proving.size === "whole" ? await failingBefore(wanted, workspaces, (text) => proving.say(text)) : [];
  const noticed: Noticed[] = [];
  let next = 0;
  const worker = async (workspace: Workspace): Promise<void> => {
    for (let at = next++; at < wanted.length; at = next++) {
      const mutation = wanted[at];
      if (mutation === undefined) return;
      const found = await notice(mutation, join(proving.folder, `m${String(at)}`), workspace);
      noticed[at] = found;
      if (!found.noticed || (at + 1) % 10 === 0) proving.say(`${String(at + 1)} of ${String(wanted.length)}${found.noticed ? "" : `; not noticed: ${found.defence}`}`);
    }
  };
  await Promise.all(workspaces.map(worker));
  const missed = noticed.filter((one) => !one.noticed).map((one) => `${one.defence}: ${one.how}`);
  const short = [...stale, ...before, ...missed];
  return {
    kind: "shown",
    figure: `${String(noticed.length - missed.length)} of ${String(noticed.length)} noticed`,
    met: short.length === 0,
    short,
    details: noticed,
  };
}

/** What already fails with every defence in place proves nothing when one is gone. */
async function failingBefore(wanted: readonly Mutation[], workspaces: readonly Workspace[], say: (text: string) => void): Promise<readonly string[]> {
  const failing: string[] = [];
  const files = [...new Map(wanted.flatMap(({ noticed }) => (noticed.by === "test" ? [[`${noticed.file} ${noticed.only ?? ""}`, noticed] as const] : []))).values()];
  const [workspace] = workspaces;
  for (const { file, only } of workspace === undefined ? [] : files) {
    const tested = await workspace?.tested([], file, only);
    if (tested?.passed !== true || tested.said.startsWith("no test ran")) failing.push(`test/${file}${only === undefined ? "" : ` (${only})`} does not pass with every defence in place: ${tested?.said.slice(-300) ?? ""}`);
  }
  const ids = new Set(wanted.flatMap(({ noticed }) => (noticed.by === "attack" || noticed.by === "useful" ? noticed.ids : [])));
  const post = takePost("masked", "current user", productBundles());
  if (typeof post === "string") return [...failing, post];
  try {
    const cases = [...attackCases(), ...usefulCases()].filter((one) => ids.has(one.id)).map((one) => (one.stage === "any" ? { ...one, stage: "read-only" as const } : one));
    for (const played of await campaign(post, cases, say)) if (played.live || played.broken !== undefined) failing.push(`${nameOf(played)} does not hold with every defence in place`);
  } finally {
    post.remove();
  }
  return failing;
}
