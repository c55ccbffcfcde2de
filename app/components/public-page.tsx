import type { ReactNode } from "react";
import { words } from "./words.ts";

/** A page for somebody outside of the Shopify admin. Its style is public/site.css. */
export function PublicPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="site">
      <main>
        <h1>{title}</h1>
        {children}
      </main>
      <footer>
        <a href="/">{words.product}</a> <a href="/pricing">{words.site.pricing}</a> <a href="/privacy">{words.site.privacy}</a>{" "}
        <a href="/terms">{words.site.terms}</a>
      </footer>
    </div>
  );
}

export const publicStyle = { rel: "stylesheet", href: "/site.css" } as const;
