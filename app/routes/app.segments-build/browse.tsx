import { useAppBridge } from "@shopify/app-bridge-react";
import { Button } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { words } from "#app/components/words.ts";
import { numberOf, useBuilding } from "./building.tsx";

const say = words.builder;

/** Shopify's own window for products and collections; absent where App Bridge has none. */
export function Browse({ of, chosen, onPick }: { of: "product" | "collection"; chosen: string[]; onPick: (ids: string[]) => void }) {
  const shopify = useAppBridge();
  const { learn } = useBuilding();
  const [has, setHas] = useState(false);
  // Only the browser knows what App Bridge can do.
  useEffect(() => setHas(typeof shopify.resourcePicker === "function"), [shopify]);
  if (!has) return null;
  const open = async () => {
    const kind = of === "product" ? "Product" : "Collection";
    // Its type hangs on the kind that is asked for; both kinds have these two. Undefined: closed without a choice.
    const picked = (await shopify.resourcePicker({
      ...{ type: of, multiple: true, action: "select" },
      ...(of === "product" ? { filter: { variants: false } } : {}),
      selectionIds: chosen.map((id) => ({ id: `gid://shopify/${kind}/${id}` })),
    })) as { id: string; title: string }[] | undefined;
    if (picked === undefined) return;
    learn(of === "product" ? "products" : "collections", Object.fromEntries(picked.map(({ id, title }) => [numberOf(id), title])));
    onPick(picked.map(({ id }) => numberOf(id)));
  };
  // Where it cannot be opened, there is still the field.
  return (
    <Button onClick={() => void open().catch(() => setHas(false))} accessibilityLabel={say.pick[of]}>
      {say.browse}
    </Button>
  );
}
