// The texts of the conversation, read once each from the run's blobs. It never keeps more than the conversation needs now,
// so that a run of days stays small.
import type { LoggedEvent } from "../core/log/event.js";
import type { BlobId } from "../core/log/parts.js";
import { conversation, conversationBlobs } from "./conversation.js";
import { held } from "./held.js";
import type { Message } from "./messages.js";
import { rounds, type Round } from "./rounds.js";
import type { Workbench } from "./workbench.js";

/** Stateful for the life of one loop. */
export class Memory {
  #texts = new Map<BlobId, string>();

  constructor(private readonly bench: Pick<Workbench, "events" | "blobs">) {}

  /** The conversation as it would be sent now. */
  async messages(): Promise<readonly Message[]> {
    const { events, text } = await this.#read();
    return conversation(events, text);
  }

  /** The same conversation, measured. */
  async rounds(): Promise<readonly Round[]> {
    const { events, text } = await this.#read();
    return rounds(events, text);
  }

  async #read(): Promise<{ readonly events: readonly LoggedEvent[]; readonly text: (id: BlobId) => string }> {
    // What is held now: more may be appended while blobs are read.
    const { events } = held(this.bench.events());
    const needed = new Map<BlobId, string>();
    for (const id of conversationBlobs(events)) {
      needed.set(id, needed.get(id) ?? this.#texts.get(id) ?? (await this.bench.blobs.text(id)));
    }
    this.#texts = needed;
    return { events, text: (id) => needed.get(id) ?? missing(id) };
  }
}

function missing(id: BlobId): never {
  throw new Error(`conversation asked for blob ${id}, which conversationBlobs did not name`);
}
