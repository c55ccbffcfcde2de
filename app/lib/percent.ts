// Parts of a hundred, as every screen and every mail writes them.

const decimals = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** `12.5%` of 12.5: no more than one decimal, and no space. */
export const percent = (value: number): string => `${decimals.format(value)}%`;
