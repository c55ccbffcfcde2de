// How the pictures of goods are drawn: a warm sheet of 80 × 80, light from the upper left, and a few shapes that everything is composed of.

/** A shade of a colour: `light` > 0 goes towards white, < 0 towards black. */
export function shade(colour: string, light: number): string {
  const target = light > 0 ? 255 : 0;
  const parts = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16);
    return Math.round(value + (target - value) * Math.abs(light))
      .toString(16)
      .padStart(2, "0");
  });
  return `#${parts.join("")}`;
}

export const box = (x: number, y: number, width: number, height: number, fill: string, radius = 2): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}"/>`;

export const oval = (x: number, y: number, rx: number, ry: number, fill: string): string =>
  `<ellipse cx="${x}" cy="${y}" rx="${rx}" ry="${ry}" fill="${fill}"/>`;

export const shape = (path: string, fill: string, opacity = 1): string => `<path d="${path}" fill="${fill}"${opacity === 1 ? "" : ` opacity="${opacity}"`}/>`;

export const stroke = (path: string, colour: string, width = 2, opacity = 1): string =>
  `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"${opacity === 1 ? "" : ` opacity="${opacity}"`}/>`;

/** Where a thing stands: without it, it floats. */
export const standing = (y: number, halfWidth: number, x = 40): string => oval(x, y, halfWidth, 2.6, "rgba(58,44,28,.22)");

/** A soft stripe of light down the left of a thing. */
export const sheen = (path: string): string => shape(path, "#ffffff", 0.22);

/** Parallel lines: knitting, weaving, planks. */
export const rows = (count: number, line: (at: number) => string, colour: string, width = 1, opacity = 0.35): string =>
  Array.from({ length: count }, (_, at) => stroke(line(at), colour, width, opacity)).join("");

/** A vessel that widens or narrows: its rim, its foot, its height. */
export function vessel(colour: string, { rim, foot, top, bottom }: { rim: number; foot: number; top: number; bottom: number }): string {
  const body = `M${40 - rim} ${top}C${40 - rim} ${bottom - 6} ${40 - foot} ${bottom} ${40 - foot} ${bottom}H${40 + foot}C${40 + foot} ${bottom} ${40 + rim} ${bottom - 6} ${40 + rim} ${top}Z`;
  return (
    shape(body, colour) +
    shape(`M40 ${top}V${bottom}H${40 + foot}C${40 + foot} ${bottom} ${40 + rim} ${bottom - 6} ${40 + rim} ${top}Z`, shade(colour, -0.3), 0.35) +
    oval(40, top, rim, Math.max(1.6, rim / 5.5), shade(colour, 0.28)) +
    oval(40, top + 0.4, rim - 1.8, Math.max(1, rim / 7), shade(colour, -0.35))
  );
}

/** The whole picture. `ground` is the colour of the wall behind it. */
export function sheet(title: string, ground: string, drawing: string): string {
  const label = title.replace(/&/g, "&amp;").replace(/"/g, "&quot;");
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80" width="800" height="800" role="img" aria-label="${label}">` +
    `<defs><radialGradient id="w" cx=".35" cy=".25" r=".95"><stop offset="0" stop-color="${shade(ground, 0.55)}"/><stop offset="1" stop-color="${ground}"/></radialGradient></defs>` +
    `<rect width="80" height="80" fill="url(#w)"/><rect y="62" width="80" height="18" fill="${shade(ground, -0.07)}"/>${drawing}</svg>`
  );
}
