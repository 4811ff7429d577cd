// Where the product's own bundles lie: what npm run build made.
import { join } from "node:path";
import { CASES_FOLDER } from "./cases.js";

export const productBundles = (): string => join(CASES_FOLDER, "..", "..", "dist");
