import { Fragment } from "react";

/** What a rule says, with the names in it set apart: between two asterisks, as the language of rules writes them. */
export function Said({ text }: { text: string }) {
  return (
    <>
      {text.split(/\*([^*]+)\*/).map((part, index) => (
        <Fragment key={index}>{index % 2 === 1 ? <em>{part}</em> : part}</Fragment>
      ))}
    </>
  );
}
