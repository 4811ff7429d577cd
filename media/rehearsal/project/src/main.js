// The command line: node src/main.js RECIPE HH:MM

import { formatTime, parseTime } from "./clock.js";
import { plan } from "./plan.js";
import { recipes } from "./recipes.js";

const [name, time] = process.argv.slice(2);
const steps = Object.hasOwn(recipes, name ?? "") ? recipes[name] : undefined;

if (steps === undefined || time === undefined) {
  console.error(`Usage: node src/main.js ${Object.keys(recipes).join("|")} HH:MM`);
  process.exitCode = 2;
} else {
  for (const line of plan(steps, parseTime(time))) console.log(`${formatTime(line.at)}  ${line.what}`);
}
