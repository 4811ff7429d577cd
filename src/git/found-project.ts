// Makes a repository out of a plain folder, and a clone of it to play in. For the rehearsal: never for a person's folder.
import type { Person } from "../core/log/parts.js";
import { gitAsPerson } from "./host.js";

/** One commit on `main` of everything in `folder`, then a clone in `clone`; both know `person` and nobody else. */
export async function foundProject(folder: string, clone: string, person: Person, message: string): Promise<void> {
  await gitAsPerson(undefined, folder, ["init", "--quiet", "--initial-branch=main"]);
  await introduce(folder, person);
  await gitAsPerson(undefined, folder, ["add", "--all"]);
  await gitAsPerson(undefined, folder, ["commit", "--quiet", "--no-gpg-sign", `--message=${message}`]);
  await gitAsPerson(undefined, folder, ["clone", "--quiet", "--no-hardlinks", folder, clone]);
  await introduce(clone, person);
}

async function introduce(folder: string, person: Person): Promise<void> {
  await gitAsPerson(undefined, folder, ["config", "user.name", person.name]);
  await gitAsPerson(undefined, folder, ["config", "user.email", person.email]);
}
