// The tools by which the agent works under supervision: goals, decisions, questions, the end. Nothing here acts on them.
import { z } from "zod";

const text = z.string();
const said = z.string().min(1);

const setGoals = z.object({
  goals: z
    .array(
      z.object({
        id: said.describe("A short name that you choose, such as g1 or parser."),
        title: said,
        parent: said.optional().describe("The id of the goal that this one belongs to."),
        required: z.boolean().optional().describe("True when the task is not done without it."),
        done_when: said.optional().describe("A command that succeeds when the goal is reached."),
        if_parent_abandoned: z.enum(["stop", "finish"]).optional(),
        abandon_when: z
          .object({ attempts: z.number().positive().optional(), minutes: z.number().positive().optional(), usd: z.number().positive().optional() })
          .optional()
          .describe("When to stop trying."),
      }),
    )
    .min(1),
});

const beginDecision = z.object({
  title: said.describe("What changes, in a few words, as for a commit."),
  why: said.describe("Why this is right, in one to three sentences, for a person who was not there."),
  goal: said.optional().describe("The id of the goal that it serves."),
  instead_of: z.array(z.object({ option: said, why_not: said })).optional().describe("What else you weighed, and why not."),
  confidence: z.enum(["low", "medium", "high"]).optional(),
  undo: z.enum(["easy", "costly", "impossible"]).optional().describe("How hard it is to take back later."),
});

const endDecision = z.object({
  outcome: said.describe("What is different now, and what you saw that shows it."),
  why: text.optional().describe("The reason, if it turned out to be another. The first one is kept beside it."),
  title: said.optional().describe("A better title, if the first one no longer fits."),
  notes: z.array(z.object({ path: said, why: said })).optional().describe("The reason for one file, where it differs from the decision's."),
  claims: z.array(z.object({ claim: said, command: said })).optional().describe("What you say is true, each with the command that shows it. The commands are run."),
  discard: said.optional().describe("Set this when you tried it and dropped it: why. Its changes are taken out."),
});

const abandonGoal = z.object({
  goal: said,
  why: said,
  tried: z.array(text).optional(),
  smallest_unblock: said.optional().describe("The smallest thing a person could do that would let it go on."),
});

const requestPermission = z.object({
  kind: z.enum(["write", "command", "host"]),
  target: said.describe("The exact path, the whole command line, or the host."),
  why: said,
  if_denied: said.describe("What you will do if the answer is no."),
});

const askHuman = z.object({ question: said, options: z.array(said).optional() });

const finish = z.object({
  summary: said.describe("What was done and what the reader should know first."),
  done: z.array(text).optional(),
  not_done: z.array(text).optional(),
  unsure: z.array(text).optional().describe("What you could not make sure of."),
});

/** In the order in which the model is told about them. */
export const supervisingTools = {
  set_goals: {
    description:
      "States what this run is out to reach, as a small tree of goals. Call it once you understand the task, and again when the plan changes. A plan that the person wrote outranks it.",
    schema: setGoals,
  },
  begin_decision: {
    description:
      "Opens a decision: one choice that changes files, with the reason for it. Until end_decision every change belongs to it. Call it before the first write of each choice; outside a decision changes are thrown away. Only one decision is open at a time. Keep it small: one idea, which a person can accept or reject alone.",
    schema: beginDecision,
  },
  end_decision: {
    description:
      "Closes the open decision and keeps its changes. Run the tests before, and say what you saw. Claim only what a command can show. With discard, its changes are taken out again and it is recorded as tried and dropped, which is useful to the reader.",
    schema: endDecision,
  },
  abandon_goal: {
    description: "Gives a goal up, with the reason and what was tried. An honest stop is better than a wrong change: use it when the goal cannot be reached within the limits.",
    schema: abandonGoal,
  },
  request_permission: {
    description:
      "Asks a person to let one exact thing through that was refused: a path to write, a command, a host. It holds until the decision ends, or longer if the person says so. Denied and read-only paths cannot be granted. Ask only when there is no other good way.",
    schema: requestPermission,
  },
  ask_human: {
    description: "Asks a person a question that the task leaves open and that would change what you do. The answer may take hours, so ask early, once, and offer options.",
    schema: askHuman,
  },
  finish: {
    description: "Ends the run, with your own account of it. Say plainly what is not done and what you are not sure of. End the open decision first.",
    schema: finish,
  },
} as const;
