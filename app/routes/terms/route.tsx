import type { MetaFunction } from "@remix-run/node";
import { PublicPage, publicStyle } from "#app/components/public-page.tsx";

export const links = () => [publicStyle];
export const meta: MetaFunction = () => [{ title: "Terms · Comeback" }];

export default function Terms() {
  return (
    <PublicPage title="Terms">
      <p>
        Comeback is free software under the MIT license: it comes as it is, without warranty of any kind. Whoever runs this installation answers for it, and may
        set further terms.
      </p>
      <p>
        The shop that uses it answers for what it sends. Comeback helps: nothing is sent before the shop switches it on, only to people who agreed or whom the
        law allows to be written to, and never after somebody opted out.
      </p>
      <p>Figures on the screens are measurements and estimates, each with its definition. They promise no result.</p>
    </PublicPage>
  );
}
