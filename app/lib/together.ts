/**
 * Waits for things that were begun side by side, and returns what each came to. Where one failed it waits for the others all the same, so that nothing of theirs happens
 * afterwards, and fails then with what failed first.
 */
export async function together<const Work extends readonly Promise<unknown>[]>(
  ...work: Work
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  const failures: unknown[] = [];
  await Promise.allSettled(work.map((one) => one.catch((error: unknown) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
  return Promise.all(work);
}
