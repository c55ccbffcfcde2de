import { vitePlugin as remix } from "@remix-run/dev";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [
    remix({
      ignoredRouteFiles: ["**/*"],
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
        v3_routeConfig: true,
        // Off, because it keeps its list in sessionStorage, which throws in the admin's cross-site frame.
        v3_lazyRouteDiscovery: false,
        // Off, as in Shopify's own template: its session-token bounce answers document and data requests alike.
        v3_singleFetch: false,
        unstable_optimizeDeps: true,
      },
    }),
  ],
  build: {
    // A data: URL would need a weaker content security policy.
    assetsInlineLimit: 0,
    target: "es2022",
  },
  optimizeDeps: { include: ["@shopify/polaris", "@shopify/app-bridge-react"] },
});
