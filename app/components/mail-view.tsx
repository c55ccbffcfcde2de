import { Box } from "@shopify/polaris";

type Props = { title: string; html: string; width: "full" | "phone"; height?: number };

/** A mail as a mailbox shows it. The frame may run no script, send no form and see nothing of the page around it. */
export function MailView({ title, html, width, height = 860 }: Props) {
  return (
    <Box background="bg-surface-secondary" borderRadius="200" padding={width === "phone" ? "300" : "0"}>
      <iframe
        title={title}
        sandbox=""
        srcDoc={html}
        style={{
          display: "block",
          width: width === "phone" ? "min(390px, 100%)" : "100%",
          height,
          margin: "0 auto",
          border: 0,
          borderRadius: 8,
          background: "#fff",
        }}
      />
    </Box>
  );
}

/** The plain-text half of a mail. */
export function MailText({ text }: { text: string }) {
  return (
    <Box background="bg-surface-secondary" borderRadius="200" padding="400">
      <pre style={{ margin: 0, whiteSpace: "pre-wrap", overflowWrap: "anywhere", font: "13px/1.6 ui-monospace, monospace" }}>{text}</pre>
    </Box>
  );
}
