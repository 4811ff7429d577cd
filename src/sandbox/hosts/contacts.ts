// Counts which hosts were let through or refused, so that it can be recorded. It keeps no content, and a program that
// tries a million names cannot fill the log with them.
import type { Contact } from "../sandbox.js";

/** Different hosts between two drains; what comes on top is counted together. */
const MOST = 60;
const LONGEST = 253;

export class Contacts {
  #known = new Map<string, Contact>();

  reached(host: string, port: number): void {
    this.#add({ host, port, count: 1 });
  }

  refused(host: string, port: number, why: string): void {
    this.#add({ host: printable(host), port, count: 1, refused: why });
  }

  /** What was counted since the last time. */
  drain(): Contact[] {
    const contacts = [...this.#known.values()];
    this.#known = new Map();
    return contacts;
  }

  #add(contact: Contact): void {
    const key = JSON.stringify([contact.host, contact.port, contact.refused]);
    const before = this.#known.get(key);
    if (before !== undefined) this.#known.set(key, { ...before, count: before.count + 1 });
    else if (this.#known.size < MOST) this.#known.set(key, contact);
    else if (contact.host !== OTHERS) this.#add({ ...contact, host: OTHERS, port: 0 });
    else this.#known.set(key, contact);
  }
}

const OTHERS = "other hosts";

function printable(host: string): string {
  const text = host.replace(/[^\x21-\x7E]/gu, "?");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}
