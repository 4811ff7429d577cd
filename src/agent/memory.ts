// The texts of the conversation, read once each from the run's blobs. It never keeps more than the conversation needs now,
// so that a run of days stays small.
import type { BlobId } from "../core/log/parts.js";
import { conversation, conversationBlobs } from "./conversation.js";
import type { Message } from "./messages.js";
import type { Workbench } from "./workbench.js";

/** Stateful for the life of one loop. */
export class Memory {
  #texts = new Map<BlobId, string>();

  constructor(private readonly bench: Workbench) {}

  /** The conversation as it would be sent now. */
  async messages(): Promise<readonly Message[]> {
    const events = this.bench.events();
    const needed = new Map<BlobId, string>();
    for (const id of conversationBlobs(events)) {
      needed.set(id, needed.get(id) ?? this.#texts.get(id) ?? (await this.bench.blobs.text(id)));
    }
    this.#texts = needed;
    // The same events as above: more may have been appended while blobs were read.
    return conversation(events, (id) => needed.get(id) ?? missing(id));
  }
}

function missing(id: BlobId): never {
  throw new Error(`conversation asked for blob ${id}, which conversationBlobs did not name`);
}
