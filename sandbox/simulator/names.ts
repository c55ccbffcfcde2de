// Who the shoppers are called, and what they browse with.
import type { Stream } from "./stream.ts";

const first = (
  "Ada Aisha Alba Alice Amara Anna Arthur Beatrix Ben Callum Carlos Chloe Clara Daniel David Edie Elena Ella Emil Esme Ewan Farah Finn Flora Freya George " +
  "Grace Hana Harriet Hugo Imogen Iris Isla Jack James Jonas Josie Kezia Lars Leo Lena Louis Lucy Maeve Malik Marta Maya Mira Nadia Niamh Nils Noor Olive " +
  "Omar Oscar Petra Pippa Priya Rafe Rosa Ruby Sam Sana Sofia Theo Tomas Una Vera Wanda Will Yara Zoe"
).split(" ");

const last = (
  "Abbott Adeyemi Ahmed Baird Barlow Bauer Bell Bianchi Blake Boyd Byrne Campbell Carter Chen Clarke Cole Cooper Cruz Dawson Dubois Duncan Ellis Evans " +
  "Farrell Fischer Fletcher Fraser Garcia Gibson Graham Grant Haddad Hall Harris Hassan Hoffmann Hughes Hunter Jansen Jones Kaur Keane Kelly Khan Kim " +
  "Lambert Larsen Lopez Macleod Marsh Martin Mason Meyer Moreau Morgan Murphy Nolan Novak Okafor Osman Park Patel Pearce Petit Quinn Reid Rossi Roux " +
  "Russell Schmidt Scott Shaw Singh Sinclair Smith Stewart Tanaka Taylor Thomas Turner Vance Visser Walker Walsh Ward Weber White Wilson Wood Wright Young"
).split(" ");

/** Hosts that stand for mailboxes of people; `.example` can belong to nobody (RFC 2606). */
const mailHosts = ["post.example", "inbox.example", "letters.example", "mailroom.example"];
/** Hosts of employers, whose software opens links before people do. */
const scannedHosts = ["northbank.example", "civic.example"];

const browsers = [
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", 44],
  ["Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36", 26],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", 18],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", 12],
] as const;

/** Robots that load pages and run what is in them. */
export const robots = [
  "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; +http://www.google.com/bot.html) Chrome/142.0.0.0 Safari/537.36",
  "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
  "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
] as const;

/** What opens links in mails before people do: some say who they are, some look like a browser. */
export const scanners = ["Barracuda Sentinel (EE)", "Mozilla/5.0 (compatible; Mimecast; URL Protect)", browsers[2][0]] as const;

export type Device = { clientId: string; userAgent: string; address: string };

/** A browser, with Shopify's name for it and the address it is at. */
export function deviceOf(chance: Stream, userAgent: string = chance.weighted(browsers)): Device {
  // 198.18.0.0/15 belongs to nobody: it is set aside for tests (RFC 2544).
  return { clientId: chance.uuid(), userAgent, address: `198.${chance.whole(18, 19)}.${chance.whole(0, 255)}.${chance.whole(1, 254)}` };
}

export function nameOf(chance: Stream): { firstName: string; lastName: string } {
  return { firstName: chance.pick(first), lastName: chance.pick(last) };
}

/** An address that only this person has; `mark` keeps two of the same name apart. */
export function addressOf(chance: Stream, name: { firstName: string; lastName: string }, mark: string, scanned: boolean): string {
  const form = chance.pick([`${name.firstName}.${name.lastName}`, `${name.firstName}${name.lastName.slice(0, 1)}`, `${name.lastName}.${name.firstName}`]);
  return `${form}.${mark}@${chance.pick(scanned ? scannedHosts : mailHosts)}`.toLowerCase();
}
