// Works backwards from the meal: when each step has to start.

/**
 * The steps in order, each with `at`: minutes after midnight of the day of the meal, negative for the evening before.
 * The last entry is the meal itself.
 */
export function plan(steps, readyAt) {
  const total = steps.reduce((sum, step) => sum + step.minutes, 0);
  const lines = [];
  let at = readyAt - total;
  for (const step of steps) {
    lines.push({ at, what: step.what });
    at += step.minutes;
  }
  return [...lines, { at, what: "eat" }];
}
