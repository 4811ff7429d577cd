// Writes the generated parts into package.json: node build.mjs manifest.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contributed } from "./contributed.js";

const path = join(process.cwd(), "package.json");
const manifest = JSON.parse(readFileSync(path, "utf8")) as { capabilities: { untrustedWorkspaces: Record<string, unknown> }; contributes: Record<string, unknown> };
const { configuration, restrictedConfigurations } = contributed();
manifest.capabilities.untrustedWorkspaces["restrictedConfigurations"] = restrictedConfigurations;
manifest.contributes["configuration"] = configuration;
writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
