// The cookie banner and its preferences: Shopify's own, not the theme's. Declining is as near as accepting.
import type { Purpose, Region } from "../regions.ts";
import type { Privacy } from "./customer-privacy.ts";

const choices: [purpose: Purpose, label: string, about: string][] = [
  ["analytics", "Analytics", "How often pages are looked at, so that we can make them better."],
  ["marketing", "Marketing", "Reminders and advertisements that fit what you looked at."],
  ["preferences", "Preferences", "Your choices on this site are remembered."],
];

const element = <Name extends keyof HTMLElementTagNameMap>(name: Name, attributes: Record<string, string> = {}, ...children: (Node | string)[]) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const button = (label: string, act: () => void, kind = ""): HTMLButtonElement => {
  const made = element("button", { type: "button", class: kind }, label);
  made.addEventListener("click", act);
  return made;
};

/** Shows the banner where Shopify would, and lets a link with `data-privacy-preferences` open the preferences. */
export function showBanner(region: Region, privacy: Privacy): void {
  const decide = (wish: boolean) => () => {
    privacy.api.setTrackingConsent({ analytics: wish, marketing: wish, preferences: wish, sale_of_data: wish });
    banner.remove();
  };
  const banner = element(
    "section",
    { class: "privacy-banner", "aria-labelledby": "privacy-banner-title" },
    element("h2", { id: "privacy-banner-title" }, "Cookies, if you like"),
    element("p", {}, "With your consent we count visits and remind you of what you left behind. Without it, the shop works just the same."),
    element("div", { class: "privacy-buttons" }, button("Accept", decide(true)), button("Decline", decide(false)), button("Choose", preferences, "plain")),
  );

  function preferences(): void {
    const boxes = choices.map(([purpose, label, about]) => {
      const box = element("input", { type: "checkbox", id: `privacy-${purpose}`, "aria-describedby": `privacy-${purpose}-about` });
      box.checked = privacy.allowed()[purpose];
      return [
        purpose,
        box,
        element("div", { class: "privacy-choice" }, box, element("label", { for: box.id }, label), element("p", { id: `${box.id}-about` }, about)),
      ] as const;
    });
    const sale = element("input", { type: "checkbox", id: "privacy-sale" });
    sale.checked = !privacy.allowed().sale_of_data;
    const optOut = element("div", { class: "privacy-choice" }, sale, element("label", { for: "privacy-sale" }, "Do not sell or share my personal information"));
    const dialog = element(
      "dialog",
      { class: "privacy-preferences", "aria-labelledby": "privacy-preferences-title" },
      element("h2", { id: "privacy-preferences-title" }, "Cookie preferences"),
      ...(region.rule === "opt-out-of-sale" ? [optOut] : []),
      ...boxes.map(([, , row]) => row),
      element(
        "div",
        { class: "privacy-buttons" },
        button("Save my choices", () => {
          const wish = Object.fromEntries(boxes.map(([purpose, box]) => [purpose, box.checked]));
          // Where nothing is asked about a sale, it is part of marketing.
          privacy.api.setTrackingConsent({ ...wish, sale_of_data: region.rule === "opt-out-of-sale" ? !sale.checked : wish["marketing"] === true });
          banner.remove();
          dialog.close();
        }),
        button("Cancel", () => dialog.close(), "plain"),
      ),
    );
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  (window as { privacyBanner?: unknown }).privacyBanner = { showPreferences: preferences };
  document.addEventListener("click", (event) => {
    if (!(event.target as Element | null)?.closest?.("[data-privacy-preferences]")) return;
    event.preventDefault();
    preferences();
  });
  // First in the page, so that it is met first by those who do not see where it floats.
  if (privacy.api.shouldShowBanner()) document.body.prepend(banner);
}
