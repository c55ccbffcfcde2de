// What a merchant tells us about her shop, and what of it can be right.
import { percent } from "../lib/percent.ts";
import { z } from "zod";

const line = (most: number, missing: string, long: string) =>
  z
    .string()
    .transform((text) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim())
    .pipe(z.string().min(1, missing).max(most, long));

export const sender = z.object({
  senderName: line(60, "Write the name that people see", "Keep the name under 60 characters"),
  senderAddress: z
    .string()
    .trim()
    .toLowerCase()
    .pipe(z.email("Write a whole address, such as hello@your-shop.com").max(200, "Keep the address under 200 characters")),
});
export const postal = z.object({
  postalAddress: line(300, "Write the postal address of your business", "Keep the address under 300 characters").pipe(
    z.string().min(10, "Write street, city and country"),
  ),
});

/** The largest share of all people that may be left out of everything. */
export const mostHoldout = 20;
/** A share as it is typed: a whole number from 0 to `most`. An empty field is no zero. */
export function percentUpTo(most: number) {
  return z
    .string()
    .trim()
    .regex(/^\d+$/, "Write a whole number")
    .transform(Number)
    .pipe(z.number().max(most, `At most ${percent(most)}`));
}
export const holdout = z.object({ holdoutPercent: percentUpTo(mostHoldout) });
