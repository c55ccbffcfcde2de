// Times as webhooks carry them: to the second, in the shop's own zone.

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "longOffset",
  });
  formats.set(timeZone, format);
  return format;
}

/** `2026-11-21T09:30:00+00:00` for Europe/London in winter. */
export function shopTime(date: Date, timeZone: string): string {
  const parts: Record<string, string> = {};
  for (const part of formatFor(timeZone).formatToParts(date)) parts[part.type] = part.value;
  const zone = (parts["timeZoneName"] ?? "").replace("GMT", "");
  const offset = zone === "" ? "+00:00" : zone;
  return `${parts["year"]}-${parts["month"]}-${parts["day"]}T${parts["hour"]}:${parts["minute"]}:${parts["second"]}${offset}`;
}

/** As `shopTime`, for times that may be missing. */
export function maybeShopTime(date: Date | null | undefined, timeZone: string): string | null {
  return date ? shopTime(date, timeZone) : null;
}
