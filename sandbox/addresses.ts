// Which addresses belong to this machine, where the others are answered, and where a browser is sent instead of a vendor's own site.

const localHosts = new Set(["localhost", "127.0.0.1", "[::1]", "::1"]);

/** True for hosts of this machine; everything else is "the internet" and is answered by the world. */
export function isLocal(hostname: string): boolean {
  return localHosts.has(hostname.toLowerCase());
}

/** Where the world answers for an address on the internet: `https://graph.facebook.com/v26.0/me?a=1` → `<world>/out/graph.facebook.com/v26.0/me?a=1`. */
export function outward(worldUrl: string, url: URL): string {
  return `${worldUrl.replace(/\/$/, "")}/out/${url.host}${url.pathname}${url.search}`;
}

/** The mark on an answer that means "this host does not exist here"; callers see a network error, not an HTTP status. */
export const unreachableHeader = "x-world-unreachable";

/** Sites that a browser would open, and the pages of this world that stand in for them. First match wins. */
export const substitutes: readonly { from: RegExp; to: string }[] = [
  { from: /^https:\/\/www\.facebook\.com\//, to: "/meta/www/" },
  { from: /^https:\/\/business\.facebook\.com\//, to: "/meta/business/" },
  { from: /^https:\/\/accounts\.google\.com\//, to: "/google/accounts/" },
  { from: /^https:\/\/admin\.shopify\.com\/store\//, to: "/admin/store/" },
  { from: /^https:\/\/([a-z0-9][a-z0-9-]*)\.myshopify\.com\/admin(?=[/?#]|$)/, to: "/admin/store/$1" },
  { from: /^https:\/\/([a-z0-9][a-z0-9-]*)\.myshopify\.com(?:\/|$)/, to: "/shop/$1/" },
];

/** The page of this world to open instead of a vendor's site; any other address comes back unchanged. */
export function insteadOf(url: string, worldUrl = ""): string {
  for (const { from, to } of substitutes) {
    if (from.test(url)) return worldUrl.replace(/\/$/, "") + url.replace(from, to);
  }
  return url;
}

/** An address fit for a log: the values of secrets in the query are blotted out. */
export function withoutSecrets(pathAndQuery: string): string {
  return pathAndQuery.replace(
    /([?&](?:access_token|client_secret|appsecret_proof|fb_exchange_token|refresh_token|code|id_token|hmac|token|signature)=)[^&]*/gi,
    "$1…",
  );
}
