// Loaded into a runner before its own code: waits of an hour and more pass at once, and both clocks move on by as much. Shorter
// timers, such as those that watch a stream or a check, are left alone.
const AN_HOUR = 3_600_000;
const real = { setTimeout: globalThis.setTimeout, date: Date.now.bind(Date), performance: performance.now.bind(performance) };
let ahead = 0;

Date.now = () => real.date() + ahead;
performance.now = () => real.performance() + ahead;
globalThis.setTimeout = Object.assign((act: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
  if (ms === undefined || ms < AN_HOUR) return real.setTimeout(act, ms, ...args);
  return real.setTimeout(() => {
    ahead += ms;
    act(...args);
  }, 20);
}, { __promisify__: real.setTimeout.__promisify__ }) as typeof setTimeout;
