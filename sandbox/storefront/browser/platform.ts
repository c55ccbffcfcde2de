// What Shopify itself runs on a page of a shop: the Customer Privacy API, the cookie banner, `Shopify.analytics` and the host of the pixel.
import { factsId, type PageFacts } from "../page-facts.ts";
import { showBanner } from "./banner.ts";
import { customerPrivacy } from "./customer-privacy.ts";
import { pixelManager } from "./pixel-manager.ts";

const facts = JSON.parse(document.getElementById(factsId)?.textContent ?? "null") as PageFacts | null;

if (facts) {
  const shopify = ((window as { Shopify?: Record<string, unknown> }).Shopify ??= {});
  const privacy = customerPrivacy(facts);
  const manager = pixelManager(facts, privacy);

  shopify["analytics"] = { publish: manager.publish };
  // Nothing of the privacy interface is there before somebody asks for it by its name and version.
  shopify["loadFeatures"] = (features: { name?: string; version?: string }[], done?: (error?: unknown) => void) => {
    const unknown = features.find((one) => one.name !== "consent-tracking-api" || one.version !== "0.1");
    if (unknown) {
      done?.(new Error(`Could not load the feature ${unknown.name ?? ""} ${unknown.version ?? ""}`));
      return;
    }
    shopify["customerPrivacy"] = privacy.api;
    setTimeout(() => {
      document.dispatchEvent(new CustomEvent("shopifyCustomerPrivacyApiLoaded"));
      done?.();
    });
  };
  if (!facts.designMode) showBanner(facts.region, privacy);
  manager.start();
}
