// Says that a limit is near, once for each mark: in the log for people, and to the agent so that it wraps up in time.
import type { RunEvent } from "../core/log/event.js";
import { limitText } from "../core/run/limit-text.js";
import { newlyNear, type Neared } from "../core/run/reserve.js";
import type { Site } from "./site.js";

export async function sayWhatIsNear({ ledger }: Site): Promise<void> {
  const near = newlyNear(ledger.run);
  if (near.length === 0) return;
  const told = await ledger.keep(near.map(sentence).join("\n"));
  const events: readonly RunEvent[] = [...near, { kind: "message.added", from: "supervisor", text: told.id }];
  await ledger.append(...events);
}

function sentence(near: Neared): string {
  const used = `${limitText(near)} of this run's limit are used.`;
  if (near.mark === "reserve") return `${used} What is left is enough to wrap up and for nothing more: end the open decision, then call finish. No further decision can be begun.`;
  return near.mark === "90" ? `${used} Begin nothing new that cannot be ended soon.` : `${used} Leave enough to end what you begin and to finish properly.`;
}
