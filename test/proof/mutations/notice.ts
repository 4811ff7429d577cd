// Whether a removed defence is noticed. What fails to build, or cannot be played through, has noticed nothing.
import { z } from "zod";
import { attackCases, stagesOf, usefulCases } from "../attacks/cases.js";
import { play } from "../attacks/campaign.js";
import { Machine } from "../attacks/machine.js";
import { takePost, type Post } from "../attacks/post.js";
import { bundleWith, type Edit } from "../bundles.js";
import type { Mutation } from "./mutation.js";
import type { Workspace } from "./workspace.js";

export interface Noticed {
  readonly defence: string;
  readonly noticed: boolean;
  readonly how: string;
}

/** `folder` is empty and this mutation's own. */
export async function notice({ defence, edits, noticed }: Mutation, folder: string, workspace: Workspace): Promise<Noticed> {
  try {
    if (noticed.by === "test") {
      const { passed, said } = await workspace.tested(edits, noticed.file, noticed.only);
      return { defence, noticed: !passed, how: passed ? `test/${noticed.file} passes: ${said.slice(-200)}` : `test/${noticed.file} fails` };
    }
    return await atPost(edits, folder, async (post) => {
      if (noticed.by === "self-test") return { defence, ...(await selfTested(post)) };
      const cases = [...attackCases(), ...usefulCases()].filter((one) => noticed.ids.includes(one.id));
      const tried: string[] = [];
      for (const one of cases) {
        const stage = stagesOf(one)[0];
        if (stage === undefined) continue;
        const played = await play(post, one, stage);
        if (played.live) return { defence, noticed: true, how: `${one.id} is live` };
        tried.push(played.broken === undefined ? `${one.id} is dead` : `${one.id} could not be played: ${played.broken.slice(0, 200)}`);
      }
      return { defence, noticed: false, how: tried.length === 0 ? `no case is called ${noticed.ids.join(", ")}` : tried.join("; ") };
    });
  } catch (error) {
    return { defence, noticed: false, how: `it could not be tried: ${error instanceof Error ? error.message.slice(0, 400) : String(error)}` };
  }
}

async function atPost<T>(edits: readonly Edit[], folder: string, measure: (post: Post) => Promise<T>): Promise<T> {
  const post = takePost("masked", "current user", await bundleWith(edits, folder));
  if (typeof post === "string") throw new Error(post);
  try {
    return await measure(post);
  } finally {
    post.remove();
  }
}

const report = z.looseObject({ findings: z.array(z.looseObject({ name: z.string(), ok: z.boolean(), detail: z.string() })) });

async function selfTested(post: Post): Promise<{ readonly noticed: boolean; readonly how: string }> {
  const machine = await Machine.build(post);
  try {
    const said = await machine.vigil(["doctor", "--json"]).said;
    const finding = report.parse(JSON.parse(said.stdout)).findings.find(({ name }) => name === "sandbox self-test");
    if (finding === undefined) throw new Error(`vigil doctor names no self-test: ${said.stdout.slice(0, 300)}`);
    return { noticed: !finding.ok, how: `the self-test: ${finding.detail}` };
  } finally {
    machine.remove();
  }
}
