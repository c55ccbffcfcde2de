import { Modal, TitleBar } from "@shopify/app-bridge-react";
import { Box, Text } from "@shopify/polaris";
import { useEffect, useState, type ReactNode } from "react";
import { words } from "./words.ts";

type Props = {
  id: string;
  open: boolean;
  title: string;
  children: ReactNode;
  confirm: string;
  critical?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
};

/** Asks before something that is hard to take back. */
export function Confirm({ id, open, title, children, confirm, critical = true, busy = false, onConfirm, onClose }: Props) {
  // App Bridge moves a modal to the end of the document as soon as it sees one: not before React has taken over the page.
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  if (!mounted) return null;
  return (
    <Modal id={id} open={open} onHide={onClose}>
      <Box padding="400">
        <Text as="p">{children}</Text>
      </Box>
      <TitleBar title={title}>
        <button type="button" variant="primary" {...(critical ? { tone: "critical" as const } : {})} {...(busy ? { loading: "" } : {})} onClick={onConfirm}>
          {confirm}
        </button>
        <button type="button" onClick={onClose}>
          {words.action.cancel}
        </button>
      </TitleBar>
    </Modal>
  );
}
