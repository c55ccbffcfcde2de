// The pixel of a shop: nothing of it runs until it is created with its settings. Shopify takes it away when the app is uninstalled.
import { z } from "zod";

const userErrors = z.array(z.object({ code: z.string().nullish() }));

export const pixelDocument = `#graphql
  query PixelState {
    webPixel { id settings }
  }`;

/** Where there is none yet, Shopify answers null beside an error. */
export const pixelAnswer = z.object({ webPixel: z.object({ id: z.string(), settings: z.unknown() }).nullable() });

export const pixelCreateDocument = `#graphql
  mutation PixelCreate($pixel: WebPixelInput!) {
    webPixelCreate(webPixel: $pixel) {
      webPixel { id }
      userErrors { code }
    }
  }`;

export const pixelCreateAnswer = z.object({ webPixelCreate: z.object({ userErrors }) });

export const pixelUpdateDocument = `#graphql
  mutation PixelUpdate($id: ID!, $pixel: WebPixelInput!) {
    webPixelUpdate(id: $id, webPixel: $pixel) {
      webPixel { id }
      userErrors { code }
    }
  }`;

export const pixelUpdateAnswer = z.object({ webPixelUpdate: z.object({ userErrors }) });
