// Reads what Google answered: JSON of the shape that is asked for, or null.
import type { ZodType } from "zod";

/** The text as `schema` wants it; null when it is no JSON or another shape. */
export function read<Answer>(schema: ZodType<Answer>, text: string): Answer | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
