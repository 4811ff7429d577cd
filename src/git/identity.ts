// Who the person is to git. Reads their own configuration on purpose; never makes an identity up.
import type { Person } from "../core/log/parts.js";
import { personSettings } from "./person-settings.js";
import type { Repository } from "./types.js";

/** Name and email from the person's configuration; undefined unless both are set. */
export async function gitIdentity(repository: Repository): Promise<Person | undefined> {
  const { name, email } = await personSettings(repository);
  return name === undefined || name.trim() === "" || email === undefined || email.trim() === "" ? undefined : { name, email };
}
