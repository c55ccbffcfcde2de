// Who the shop is: read at install and whenever it changes.
import { z } from "zod";

export const shopDocument = `#graphql
  query ShopDetails {
    shop { name email currencyCode ianaTimezone primaryDomain { host url } shopAddress { countryCodeV2 } }
    currentAppInstallation { accessScopes { handle } }
  }`;

export const shopAnswer = z.object({
  shop: z.object({
    name: z.string(),
    email: z.string().nullish(),
    currencyCode: z.string(),
    ianaTimezone: z.string(),
    primaryDomain: z.object({ host: z.string(), url: z.string() }),
    shopAddress: z.object({ countryCodeV2: z.string().nullish() }).nullish(),
  }),
  currentAppInstallation: z.object({ accessScopes: z.array(z.object({ handle: z.string() })) }),
});
