// What an agent must be able to do although walls stand around it, and that the walls leave nothing behind in its files.
import type { Outcome, Proving, Row } from "../row.js";
import { usefulCases } from "../attacks/cases.js";
import { campaign, nameOf } from "../attacks/campaign.js";
import { atPosts } from "../attacks/posts.js";
import { productBundles } from "../attacks/product.js";

const QUICK: readonly string[] = ["ok-02", "ok-04", "ok-05", "ok-11", "ok-15", "ok-17"];

export const useful: Row = {
  id: "useful",
  title: "Useful things that must work · ghost files left in a worktree",
  target: "all · 0",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const { size } = proving;
  const say = (text: string): void => proving.say(text);
  const cases = usefulCases().filter((one) => size === "whole" || QUICK.includes(one.id));
  const { results, lacking } = await atPosts(size, productBundles(), (post) => campaign(post, cases, say));
  const short = [
    ...results.flatMap(({ name, found }) =>
      found.flatMap((one) => [
        ...(one.broken === undefined ? [] : [`${name}: ${nameOf(one)} could not be played: ${one.broken}`]),
        ...(one.live ? [`${name}: ${nameOf(one)} does not work: ${one.note.trim().slice(0, 200)}`] : []),
        ...(one.ghosts.length > 0 ? [`${name}: ${nameOf(one)} left ghost files: ${one.ghosts.join(", ")}`] : []),
      ]),
    ),
    ...lacking,
  ];
  const figures = results.map(({ name, found }) => `${name}: ${String(found.filter((one) => !one.live && one.broken === undefined).length)} of ${String(found.length)} · ${String(found.reduce((sum, one) => sum + one.ghosts.length, 0))} ghost files`);
  return { kind: "shown", figure: figures.join(" · "), met: short.length === 0, short, details: results };
}
