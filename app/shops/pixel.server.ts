import { env } from "../env.server.ts";
import { log } from "../log.server.ts";
import { admin, AdminError } from "./admin.server.ts";
import { pixelAnswer, pixelCreateAnswer, pixelCreateDocument, pixelDocument, pixelUpdateAnswer, pixelUpdateDocument } from "./admin/web-pixel.ts";
import { pixelKey } from "./pixel-key.server.ts";

const told = (settings: unknown): unknown => {
  try {
    return typeof settings === "string" ? JSON.parse(settings) : settings;
  } catch {
    return null;
  }
};

/** Sees to it that the shop's pixel runs and sends here, with this shop's key. Safe to repeat; a refusal is logged and holds up nothing else. */
export async function ensurePixel(shop: { domain: string; scopes: string[] }): Promise<void> {
  if (!shop.scopes.includes("write_pixels")) return;
  const settings = { accountID: pixelKey(shop.domain), endpoint: new URL("/pixel", env().SHOPIFY_APP_URL).href };
  try {
    const { webPixel } = await admin(shop.domain, { name: "PixelState", document: pixelDocument, answer: pixelAnswer });
    const known = told(webPixel?.settings) as Partial<typeof settings> | null;
    if (webPixel !== null && known?.accountID === settings.accountID && known.endpoint === settings.endpoint) return;
    const pixel = { settings };
    const { userErrors } =
      webPixel === null
        ? (await admin(shop.domain, { name: "PixelCreate", document: pixelCreateDocument, answer: pixelCreateAnswer, variables: { pixel } })).webPixelCreate
        : (await admin(shop.domain, { name: "PixelUpdate", document: pixelUpdateDocument, answer: pixelUpdateAnswer, variables: { id: webPixel.id, pixel } }))
            .webPixelUpdate;
    // Somebody else made it in the same moment: the next refresh looks again.
    if (userErrors.length > 0) log.warn({ shop: shop.domain, codes: userErrors.map((one) => one.code) }, "the pixel could not be set up");
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    log.warn({ shop: shop.domain, kind: error.kind }, "the pixel could not be set up");
  }
}
