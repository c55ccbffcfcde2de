// Public data sets and official vectors that lie beside the checkout on some machines. They are read in place; a test that misses one is skipped aloud.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of a file under ../shared/data, or null, said aloud, where it is not here. */
export function sharedData(path: string, whatFor: string): string | null {
  const file = join(import.meta.dirname, "../../shared/data", path);
  if (existsSync(file)) return readFileSync(file, "utf8");
  console.warn(`SKIPPED: ${whatFor}, because ../shared/data/${path} is not here`);
  return null;
}
