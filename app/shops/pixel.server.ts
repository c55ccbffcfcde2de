import { env } from "../env.server.ts";
import { log } from "../log.server.ts";
import { admin, AdminError } from "./admin.server.ts";
import { pixelAnswer, pixelCreateAnswer, pixelCreateDocument, pixelDocument, pixelUpdateAnswer, pixelUpdateDocument } from "./admin/web-pixel.ts";
import { pixelKey } from "./pixel-key.server.ts";
import type { Shop } from "./shop.ts";
import { updateShop } from "./store.server.ts";

/**
 * How a shop's pixel is: it runs and sends here (`connected`), it is not there or sends elsewhere (`off`), we may not make one (`not-allowed`), or Shopify
 * could not be asked (`unknown`).
 */
export type PixelState = "connected" | "off" | "not-allowed" | "unknown";

type Of = Pick<Shop, "id" | "domain" | "scopes">;
type Settings = { accountID: string; endpoint: string };
type Seen = { state: "connected" | "off"; id: string | null };

const told = (settings: unknown): Partial<Settings> | null => {
  try {
    return (typeof settings === "string" ? JSON.parse(settings) : settings) as Partial<Settings> | null;
  } catch {
    return null;
  }
};

const wanted = (shop: Of): Settings => ({ accountID: pixelKey(shop.domain), endpoint: new URL("/pixel", env().SHOPIFY_APP_URL).href });

async function look(shop: Of): Promise<Seen> {
  const { webPixel } = await admin(shop.domain, { name: "PixelState", document: pixelDocument, answer: pixelAnswer });
  const [known, mine] = [told(webPixel?.settings), wanted(shop)];
  const ours = webPixel !== null && known?.accountID === mine.accountID && known.endpoint === mine.endpoint;
  return { state: ours ? "connected" : "off", id: webPixel?.id ?? null };
}

/** Writes down what was seen, and says it. What Shopify does not answer changes nothing that was known. */
async function noting(shop: Of, now: Date, work: () => Promise<"connected" | "off">): Promise<PixelState> {
  if (!shop.scopes.includes("write_pixels")) return "not-allowed";
  try {
    const state = await work();
    await updateShop(shop.id, { pixelSeenAt: state === "connected" ? now : null });
    return state;
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    log.warn({ shop: shop.domain, kind: error.kind }, "the pixel could not be looked at");
    return "unknown";
  }
}

/** Asks Shopify whether the shop's pixel runs and sends here, and changes nothing there. */
export async function pixelState(shop: Of, now: Date): Promise<PixelState> {
  return noting(shop, now, async () => (await look(shop)).state);
}

/** Sees to it that the shop's pixel runs and sends here, with this shop's key. Safe to repeat; a refusal is logged and holds up nothing else. */
export async function ensurePixel(shop: Of, now: Date): Promise<PixelState> {
  return noting(shop, now, async () => {
    const seen = await look(shop);
    if (seen.state === "connected") return "connected";
    const pixel = { settings: wanted(shop) };
    const { userErrors } =
      seen.id === null
        ? (await admin(shop.domain, { name: "PixelCreate", document: pixelCreateDocument, answer: pixelCreateAnswer, variables: { pixel } })).webPixelCreate
        : (await admin(shop.domain, { name: "PixelUpdate", document: pixelUpdateDocument, answer: pixelUpdateAnswer, variables: { id: seen.id, pixel } }))
            .webPixelUpdate;
    if (userErrors.length === 0) return "connected";
    // Somebody else may have made it in the same moment: then it is there now.
    log.warn({ shop: shop.domain, codes: userErrors.map((one) => one.code) }, "the pixel could not be set up");
    return (await look(shop)).state;
  });
}
