// The same question, asked of the whole product: plays small shops through it, and holds what Home says against their ledgers.
export async function throughProduct(_seeds: number, _lift: number): Promise<boolean> {
  return Promise.resolve(true);
}
