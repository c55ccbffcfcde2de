import { Confirm } from "#app/components/confirm.tsx";
import { usedByWords } from "#app/components/segment-use.ts";
import { words } from "#app/components/words.ts";
import type { BuildAnswer, BuildData } from "./data.ts";

const say = words.builder;

type Changes = NonNullable<BuildAnswer["changes"]>;
type Props = { open: boolean; changes: Changes | null; uses: BuildData["uses"]; busy: boolean; onSave: () => void; onClose: () => void };

/** Says who would come and go before a segment changes that something depends on. */
export function ChangesModal({ open, changes, uses, busy, onSave, onClose }: Props) {
  return (
    <Confirm
      id="segment-changes"
      open={open}
      title={say.changesTitle}
      confirm={say.changesSave}
      critical={false}
      busy={busy}
      onConfirm={onSave}
      onClose={onClose}
    >
      {[...(changes === null ? [] : said(changes)), say.changesUsed].join(" ")} {uses.map((use) => usedByWords(use)).join(", ")}.
    </Confirm>
  );
}

function said(changes: Changes): string[] {
  if (!changes.known) return [say.changesUnknown];
  const { enter, leave } = changes;
  const who = ({ names, count }: typeof enter) => say.changesWho(names.join(", "), count - names.length);
  return [
    say.changes(words.people(enter.count), words.people(leave.count)),
    ...(enter.count === 0 ? [] : [say.changesEnter(who(enter))]),
    ...(leave.count === 0 ? [] : [say.changesLeave(who(leave))]),
  ];
}
