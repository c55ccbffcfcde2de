// Where and in what an event happened, as Shopify tells a pixel: the page, the window, the browser.

/** What is known of the page and the browser. What a simulation does not know has an ordinary value. */
export type PageFacts = {
  href: string;
  referrer?: string;
  title?: string;
  language?: string;
  userAgent?: string;
  innerWidth?: number;
  innerHeight?: number;
  outerWidth?: number;
  outerHeight?: number;
  screenWidth?: number;
  screenHeight?: number;
  screenX?: number;
  screenY?: number;
  scrollX?: number;
  scrollY?: number;
};

const ordinaryAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

function locationOf(href: string) {
  const { hash, host, hostname, origin, pathname, port, protocol, search } = new URL(href);
  return { href, hash, host, hostname, origin, pathname, port, protocol, search };
}

/** `context` of every event. */
export function eventContext(page: PageFacts) {
  const language = page.language ?? "en-GB";
  const location = locationOf(page.href);
  return {
    document: { location, referrer: page.referrer ?? "", characterSet: "UTF-8", title: page.title ?? "" },
    navigator: {
      language,
      cookieEnabled: true,
      languages: [...new Set([language, language.split("-")[0] ?? language])],
      userAgent: page.userAgent ?? ordinaryAgent,
    },
    window: {
      innerHeight: page.innerHeight ?? 900,
      innerWidth: page.innerWidth ?? 1280,
      outerHeight: page.outerHeight ?? 985,
      outerWidth: page.outerWidth ?? 1280,
      pageXOffset: page.scrollX ?? 0,
      pageYOffset: page.scrollY ?? 0,
      location: locationOf(page.href),
      origin: location.origin,
      screen: { height: page.screenHeight ?? 1080, width: page.screenWidth ?? 1920 },
      screenX: page.screenX ?? 0,
      screenY: page.screenY ?? 0,
      scrollX: page.scrollX ?? 0,
      scrollY: page.scrollY ?? 0,
    },
  };
}
