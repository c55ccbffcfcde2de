// The SMTP side: takes mail on 127.0.0.1, as strict as the big providers, with misfortunes on demand.
import type { AddressInfo, Socket } from "node:net";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import type { Mailbox } from "./mailbox.ts";
import { headerFields, refusal } from "./rules.ts";
import { type Script, takeScript } from "./script.ts";

const maxBytes = 25 * 1024 * 1024;

export type PostOffice = {
  smtpUrl: string;
  scripts: Script[];
  /** Greets at once, without the 100 ms in which whoever talks too soon is found out: thousands of letters of a past have no time for it. */
  hurry: (on: boolean) => void;
  close: () => Promise<void>;
};

type Reply = (error?: Error | null) => void;

/** Listens on `port` (0 = any free one) and puts what it accepts into `mailbox`. */
export async function openPostOffice(mailbox: Mailbox, now: () => Date, port = 0): Promise<PostOffice> {
  const scripts: Script[] = [];
  const sockets = new Map<number, Socket>(); // by the sender's port: the session does not give out its socket
  const note = (session: SMTPServerSession, to: string[], messageId: string, outcome: string): void => {
    const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : "";
    mailbox.tried({ at: now().toISOString(), from, to, messageId, outcome });
  };

  const server = new SMTPServer({
    name: "mail.world.example",
    disabledCommands: ["STARTTLS"],
    authOptional: true,
    allowInsecureAuth: true,
    hideENHANCEDSTATUSCODES: true,
    disableReverseLookup: true,
    size: maxBytes,
    closeTimeout: 200,
    logger: false,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? "anyone" }),
    onRcptTo(address, session, callback) {
      const script = takeScript(scripts, address.address, "rcpt");
      if (!script) return callback();
      if (script.do === "delay") return void setTimeout(callback, script.delayMs);
      note(session, [address.address], "", `refused: ${script.code} ${script.message}`);
      callback(smtpError(script.code, script.message));
    },
    onData(stream, session, callback) {
      void receive(stream, session, callback);
    },
  });

  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession, reply: Reply): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of stream) chunks.push(chunk as Buffer);
    } catch {
      return; // the sender went away in the middle; there is nobody to answer
    }
    const raw = Buffer.concat(chunks);
    const to = session.envelope.rcptTo.map((recipient) => recipient.address);
    const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : "";
    const messageId = headerFields(raw)?.find((field) => field.name === "message-id")?.value ?? "";

    const refused = refusal(raw, now());
    if (refused) {
      note(session, to, messageId, `refused: ${refused.code} ${refused.status} ${refused.reason}`);
      return reply(smtpError(refused.code, `${refused.status} ${refused.reason}`));
    }
    const script = to.map((recipient) => takeScript(scripts, recipient, "data")).find((one) => one !== undefined);
    const socket = sockets.get(session.remotePort);
    if (script?.do === "refuse") {
      note(session, to, messageId, `refused: ${script.code} ${script.message}`);
      return reply(smtpError(script.code, script.message));
    }
    if (script?.do === "drop") {
      note(session, to, messageId, "lost: connection dropped after the final dot");
      socket?.destroy();
      return;
    }
    mailbox.keep(raw, from, to, now());
    if (script?.do === "accept-then-reset") {
      note(session, to, messageId, "kept, but the connection was reset before the answer");
      socket?.resetAndDestroy();
      return;
    }
    note(session, to, messageId, "accepted");
    if (script?.do === "delay") setTimeout(reply, script.delayMs);
    else reply();
  }

  server.on("error", () => undefined); // resets and half-open senders are part of this world
  let hurried = false;
  server.server.on("connection", (socket: Socket) => {
    const from = socket.remotePort;
    // The library has a connection of its own for it a moment later.
    if (hurried) setImmediate(() => greetNow(server));
    if (from === undefined) return;
    sockets.set(from, socket);
    socket.once("close", () => sockets.delete(from));
  });
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  const { port: listening } = server.server.address() as AddressInfo;
  return {
    smtpUrl: `smtp://127.0.0.1:${listening}`,
    scripts,
    hurry: (on) => {
      hurried = on;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.values()) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** The library's own greeting, once and before its timer. */
function greetNow(server: SMTPServer): void {
  for (const connection of server.connections) {
    if (connection._ready || Object.hasOwn(connection, "connectionReady")) continue;
    const greet = connection.connectionReady.bind(connection);
    connection.connectionReady = () => undefined;
    greet();
  }
}

function smtpError(code: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode: code });
}
