// What a runner needs to know of the person's own settings, as the run's start writes it down: no window may be open when
// it is needed.
import type { RunSpec } from "../core/log/lifecycle.js";
import type { PersonalSettings } from "../core/policy/personal.js";

/** `personal` holds no machine-scoped value of a repository: see `fromRepository`. A stranger's checkout starts no program. */
export function personalSpec(personal: PersonalSettings): Pick<RunSpec, "atOnce" | "notify" | "keepAwake"> {
  const command = personal["notify.command"]?.trim();
  const quietHours = personal["notify.quietHours"];
  const atOnce = personal["run.atOnce"];
  return {
    ...(atOnce === undefined ? {} : { atOnce }),
    ...(personal["run.keepAwake"] === true ? { keepAwake: true } : {}),
    notify: {
      desktop: personal["notify.desktop"] ?? true,
      ...(command === undefined || command === "" ? {} : { command }),
      ...(quietHours === undefined || quietHours === "" ? {} : { quietHours }),
    },
  };
}
