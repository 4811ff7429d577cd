// Draws `media/icon.png`, which the extension stores want as pixels, from `media/icon.svg`: node test/setup/icon.mjs CHROMIUM
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const media = join(import.meta.dirname, "..", "..", "media");
const browser = await chromium.launch({ executablePath: process.argv[2] ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
  await page.setContent(`<style>html, body { margin: 0; background: transparent } svg { display: block }</style>${readFileSync(join(media, "icon.svg"), "utf8")}`);
  await page.screenshot({ path: join(media, "icon.png"), omitBackground: true });
} finally {
  await browser.close();
}
