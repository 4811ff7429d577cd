// Every attack against the product itself, with its protection and without. An attack that is dead without protection
// proves nothing and counts against the row, as does one that could not be played through.
import { join } from "node:path";
import { bundleWith } from "../bundles.js";
import type { Outcome, Proving, Row } from "../row.js";
import { attackCases } from "../attacks/cases.js";
import { campaign, median, nameOf, type Played } from "../attacks/campaign.js";
import { WITHOUT_PROTECTION } from "../attacks/control.js";
import { atPosts } from "../attacks/posts.js";
import { productBundles } from "../attacks/product.js";
import { takePost } from "../attacks/post.js";

/** Between them: environment, git, landing, the comparison, the home folder, the screen. */
const QUICK: readonly string[] = ["fsr-08", "git-13", "later-05", "ctl-11", "fsw-22", "ui-22"];

export const attacks: Row = {
  id: "attacks",
  title: "Attacks without protection (control) · with it",
  target: "all live · none live, no ghost files",
  measure,
};

async function measure(proving: Proving): Promise<Outcome> {
  const { size, folder } = proving;
  const say = (text: string): void => proving.say(text);
  const cases = attackCases().filter((one) => size === "whole" || QUICK.includes(one.id));
  const unprotected = takePost("masked", "current user", await bundleWith(WITHOUT_PROTECTION, join(folder, "control")));
  if (typeof unprotected === "string") return { kind: "not shown", why: unprotected };
  let control: readonly Played[];
  try {
    control = await campaign(unprotected, cases, (text) => say(`control, ${text}`));
  } finally {
    unprotected.remove();
  }
  const { results, lacking } = await atPosts(size, productBundles(), (post) => campaign(post, cases, say));

  const alive = control.filter((one) => one.live).length;
  const short = [
    ...control.filter((one) => !one.live).map((one) => `control: ${nameOf(one)} ${one.broken === undefined ? "is dead without protection" : `could not be played: ${one.broken}`}`),
    ...results.flatMap(({ name, found }) => found.flatMap((one) => shortOf(one).map((why) => `${name}: ${nameOf(one)} ${why}`))),
    ...lacking,
  ];
  const figures = results.map(({ name, found }) => `${name}: ${String(found.filter((one) => one.live).length)} live of ${String(found.length)}, ${String(found.reduce((sum, one) => sum + one.ghosts.length, 0))} ghost files, ${median(found).toFixed(1)} s a case`);
  return {
    kind: "shown",
    figure: `${String(alive)} of ${String(control.length)} live without protection (${String(cases.length)} attacks) · ${figures.join(" · ")}`,
    met: short.length === 0,
    short,
    details: { control, protected: results },
  };
}

function shortOf(one: Played): readonly string[] {
  if (one.broken !== undefined) return [`could not be played: ${one.broken}`];
  return [...(one.live ? ["is live"] : []), ...(one.ghosts.length > 0 ? [`left ghost files: ${one.ghosts.join(", ")}`] : [])];
}
