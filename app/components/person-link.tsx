import { Link, Text } from "@shopify/polaris";
import { whoever, type PersonNames } from "./words.ts";

/** The name in the line of somebody, where the whole line leads to all that is known of them. */
export function PersonLink({ one }: { one: PersonNames & { id: string } }) {
  return (
    <Link url={`/app/people/${one.id}`} dataPrimaryLink removeUnderline>
      <Text as="span" fontWeight="semibold" breakWord>
        {whoever(one)}
      </Text>
    </Link>
  );
}
