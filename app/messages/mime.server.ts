import MailComposer from "nodemailer/lib/mail-composer";

export type Mail = {
  from: { name: string; address: string };
  to: string;
  subject: string;
  html: string;
  text: string;
  /** Without angle brackets: made from the message's own id, so that a second copy would carry the same one. */
  messageId: string;
  date: Date;
  unsubscribeUrl: string | null;
  listId: string;
  feedbackId: string;
};

/** The whole message as it goes over the wire: RFC 5322 with CRLF, RFC 8058 one-click unsubscribe where it is marketing. */
export async function toMime(mail: Mail): Promise<Buffer> {
  const composer = new MailComposer({
    from: mail.from,
    to: { name: "", address: mail.to },
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    date: mail.date,
    messageId: `<${mail.messageId}>`,
    headers:
      mail.unsubscribeUrl === null
        ? {}
        : {
            "List-Unsubscribe": { prepared: true, value: `<${mail.unsubscribeUrl}>` },
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": { prepared: true, value: `<${mail.listId}>` },
            "Feedback-ID": mail.feedbackId,
          },
    // Nothing in a message is ever read from a file or fetched from an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
