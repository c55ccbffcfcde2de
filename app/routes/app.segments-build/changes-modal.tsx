import { usedByWords } from "#app/components/segment-use.ts";
import { Confirm } from "#app/components/confirm.tsx";
import { words } from "#app/components/words.ts";
import type { BuildAnswer, BuildData } from "./data.ts";

const say = words.builder;

type Props = {
  open: boolean;
  changes: NonNullable<BuildAnswer["changes"]> | null;
  uses: BuildData["uses"];
  busy: boolean;
  onSave: () => void;
  onClose: () => void;
};

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
      {changes === null ? "" : changes.known ? say.changes(words.people(changes.enter), words.people(changes.leave)) : say.changesUnknown} {say.changesUsed}{" "}
      {uses.map((use) => usedByWords(use)).join(", ")}.
    </Confirm>
  );
}
