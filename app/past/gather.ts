// A file of one object a line: what stands below an object follows it, and names it.

/** An object with the lines that belong to it, and how many lines of the file it took. */
export type Gathered = { object: Record<string, unknown>; below: Record<string, unknown>[]; lines: number };
export type Gathering = { root: Gathered | null; stray: number };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Takes one line. Returns the object before it, once that is complete. A line that is no object, or whose parent is not above it, is counted and left out. */
export function take(gathering: Gathering, line: unknown): Gathered | null {
  const { root } = gathering;
  if (isObject(line) && line["__parentId"] === undefined) {
    gathering.root = { object: line, below: [], lines: 1 };
    return root;
  }
  if (isObject(line) && root !== null && line["__parentId"] === root.object["id"]) root.below.push(line);
  else gathering.stray += 1;
  if (root === null) gathering.root = { object: {}, below: [], lines: 1 };
  else root.lines += 1;
  return null;
}
