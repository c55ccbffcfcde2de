import { createContext, useContext, useMemo, type ReactNode } from "react";
import { formatsOf, type Formats, type ShopFormat } from "./format.ts";

const Formatting = createContext<Formats | null>(null);

/** Gives every screen below it the shop's formats. */
export function ShopProvider({ shop, children }: { shop: ShopFormat; children: ReactNode }) {
  const { currency, timezone } = shop;
  const formats = useMemo(() => formatsOf({ currency, timezone }), [currency, timezone]);
  return <Formatting.Provider value={formats}>{children}</Formatting.Provider>;
}

/** How this shop writes money, numbers and dates. */
export function useFormat(): Formats {
  const formats = useContext(Formatting);
  if (formats === null) throw new Error("A screen stands outside of its shop.");
  return formats;
}
