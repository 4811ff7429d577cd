// The activity strip: the whole run in one line of bars, with failures and approvals marked by shape as well as colour,
// and the selected decision outlined. Drawn on a canvas, because a run may hold a hundred thousand steps.
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Strip as Told } from "../../core/panel/strip.js";
import { select } from "../acts.js";
import type { Model } from "../model.js";

const HEIGHT = 34;

export function Strip({ model, strip }: { readonly model: Model; readonly strip: Told }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const current = model.current.value;
  useLayoutEffect(() => {
    const draw = (): void => {
      if (canvas.current !== null) paint(canvas.current, strip, current?.bins);
    };
    draw();
    const watch = new ResizeObserver(draw);
    if (canvas.current !== null) watch.observe(canvas.current);
    return () => { watch.disconnect(); };
  }, [strip, current?.id, current?.bins[1]]);
  if (strip.bins.length === 0) return null;
  const total = (of: "failures" | "gates"): number => strip.bins.reduce((sum, bin) => sum + bin[of], 0);
  return (
    <section class="strip" aria-label="Activity">
      <canvas
        ref={canvas}
        height={HEIGHT}
        role="img"
        aria-label={`Activity over ${strip.steps[1].toLocaleString("en-US")} steps: ${String(total("failures"))} failures, ${String(total("gates"))} approvals`}
        onClick={(event) => {
          const share = event.offsetX / event.currentTarget.clientWidth;
          const step = strip.steps[0] + Math.floor(share * (strip.steps[1] - strip.steps[0] + 1));
          const there = model.panel.value?.decisions.find((decision) => decision.steps[0] <= step && step <= decision.steps[1]);
          if (there !== undefined) {
            model.go({ level: 2 });
            select(model, there.id);
          }
        }}
      />
      <p class="caption">
        <span>{clock(strip.times[0])}</span>
        <span>▮ changes · ╷ failure · ◆ approval</span>
        <span>{clock(strip.times[1])}</span>
      </p>
    </section>
  );
}

function clock(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function paint(canvas: HTMLCanvasElement, strip: Told, selected: readonly [number, number] | undefined): void {
  const scale = devicePixelRatio;
  const width = canvas.clientWidth;
  canvas.width = width * scale;
  canvas.height = HEIGHT * scale;
  const pen = canvas.getContext("2d");
  if (pen === null || width === 0) return;
  pen.scale(scale, scale);
  const colour = (name: string): string => getComputedStyle(canvas).getPropertyValue(name).trim();
  const each = width / strip.bins.length;
  const busiest = Math.max(1, ...strip.bins.map((bin) => bin.steps));
  const floor = HEIGHT - 4;
  for (const [n, bin] of strip.bins.entries()) {
    const x = n * each;
    const bar = Math.max(1, Math.round((bin.steps / busiest) * (floor - 10)));
    pen.fillStyle = colour(bin.writes > 0 ? "--strip-write" : "--strip-read");
    if (bin.steps > 0) pen.fillRect(x, floor - bar, Math.max(1, each - 1), bar);
    pen.fillStyle = colour("--strip-failure");
    if (bin.failures > 0) pen.fillRect(x + each / 2 - 1, 2, 2, 7);
    pen.fillStyle = colour("--strip-gate");
    if (bin.gates > 0) diamond(pen, x + each / 2, 6);
  }
  if (selected === undefined) return;
  const [from, to] = [selected[0] * each, (selected[1] + 1) * each];
  pen.strokeStyle = colour("--strip-outline");
  pen.lineWidth = 1.5;
  pen.strokeRect(from + 0.75, 0.75, Math.max(3, to - from - 1.5), HEIGHT - 1.5);
}

function diamond(pen: CanvasRenderingContext2D, x: number, y: number): void {
  pen.beginPath();
  pen.moveTo(x, y - 5);
  pen.lineTo(x + 5, y);
  pen.lineTo(x, y + 5);
  pen.lineTo(x - 5, y);
  pen.fill();
}
