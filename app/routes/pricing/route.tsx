import type { MetaFunction } from "@remix-run/node";
import { PublicPage, publicStyle } from "#app/components/public-page.tsx";

export const links = () => [publicStyle];
export const meta: MetaFunction = () => [{ title: "Pricing · Comeback" }];

export default function Pricing() {
  return (
    <PublicPage title="Pricing">
      <p>Comeback is free software. There is no plan, no limit by contacts, and nothing is switched off until you pay.</p>
      <p>What you pay, you pay to others:</p>
      <ul>
        <li>the server and the database that this installation runs on;</li>
        <li>the mail provider that carries your mail, usually by the thousand;</li>
        <li>the ad platforms, for the ads that your audiences are shown.</li>
      </ul>
      <p>Whoever hosts this installation for you may charge for that. Ask them.</p>
    </PublicPage>
  );
}
