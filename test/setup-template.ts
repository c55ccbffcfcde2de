// Once per run: the migrated database from which every other one is copied.
import { prepareTemplate } from "./database.ts";

export default async function setup(): Promise<() => Promise<void>> {
  return prepareTemplate();
}
