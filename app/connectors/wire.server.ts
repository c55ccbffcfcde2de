import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { parseConnectionUrl } from "nodemailer/lib/shared";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { env } from "../env.server.ts";
import { log, withoutAddresses } from "../log.server.ts";
import { Rejected, Retryable, type HttpRequest, type HttpResponse, type SmtpMail, type SmtpReply, type Wire } from "./contract.ts";

const longestAnswer = 5_000_000;
const longestDownload = 3_600_000;

async function http(request: HttpRequest): Promise<HttpResponse> {
  const url = new URL(request.url);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
  let status = 0;
  try {
    const response = await fetch(url, {
      method: request.method,
      redirect: "error",
      signal: AbortSignal.timeout(request.timeoutMs ?? 30_000),
      headers: {
        accept: "application/json",
        ...(request.form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        ...(request.json === undefined ? {} : { "content-type": "application/json" }),
        ...request.headers,
      },
      ...(request.form === undefined ? {} : { body: new URLSearchParams(request.form).toString() }),
      ...(request.json === undefined ? {} : { body: JSON.stringify(request.json) }),
    });
    status = response.status;
    const text = await response.text();
    if (text.length > longestAnswer) throw new Retryable(`${url.host} answered more than we read.`);
    return { status, headers: Object.fromEntries(response.headers), text };
  } catch (error) {
    if (error instanceof Retryable) throw error;
    throw new Retryable(`${url.host} did not answer.`);
  } finally {
    log.debug({ method: request.method, host: url.host, path: url.pathname, status }, "call");
  }
}

/**
 * The lines of a file, as they arrive: never the whole of it in memory. Its address may be a capability and stands in no log. Throws `Rejected` where the
 * file is not, or no longer, there, and `Retryable` where it broke off.
 */
export async function* linesOf(address: string): AsyncGenerator<string> {
  const { host } = new URL(address);
  let response: Response;
  try {
    response = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(longestDownload) });
  } catch {
    throw new Retryable(`${host} did not answer.`);
  }
  log.debug({ method: "GET", host, status: response.status }, "download");
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    if (response.status === 429 || response.status >= 500) throw new Retryable(`${host} answered ${response.status}.`);
    throw new Rejected(`${host} answered ${response.status}.`);
  }
  // The DOM's stream and Node's are one, and their types two.
  const input = Readable.fromWeb(response.body as ReadableStream);
  let broken = false;
  input.once("error", () => (broken = true));
  const lines = createInterface({ input, crlfDelay: Infinity });
  let held: string | null = null;
  try {
    // One line behind: the last one before a break may be half a line.
    for await (const line of lines) {
      if (held !== null && held !== "") yield held;
      held = line;
    }
  } catch {
    broken = true;
  } finally {
    lines.close();
    input.destroy();
  }
  // readline ends quietly where its source failed: half a file must not be taken for a whole one.
  if (broken) throw new Retryable(`${host} broke off.`);
  if (held !== null && held !== "") yield held;
}

type SmtpFailure = Error & { responseCode?: number; response?: string; command?: string };

/** What a server said, short and without the address it may quote. */
function said(error: SmtpFailure): string {
  return withoutAddresses(error.response ?? error.message).slice(0, 200);
}

async function smtp(mail: SmtpMail): Promise<SmtpReply> {
  const target = parseConnectionUrl(env().SMTP_URL);
  const connection = new SMTPConnection({
    host: target.host ?? "localhost",
    port: target.port,
    secure: target.secure,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 60_000,
    tls: { servername: target.host },
  });
  let contentBegan = false;
  let abandoned = false;
  let asked = false;
  // Read by the connection only after the server's 354: until then nothing of the message has left, and the step may safely be tried again.
  const content = new Readable({
    read() {
      if (asked) return;
      asked = true;
      void mail.beforeContent().then(
        (go) => {
          if (!go) {
            abandoned = true;
            this.destroy(new Error("somebody else took over"));
            return;
          }
          contentBegan = true;
          this.push(mail.raw);
          this.push(null);
        },
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error("the send could not be noted")),
      );
    },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once("error", reject);
      connection.connect((error?: Error | null) => (error ? reject(error) : resolve()));
    });
    const auth = target.auth as { user?: string; pass?: string } | undefined;
    if (auth?.user !== undefined)
      await new Promise<void>((resolve, reject) =>
        connection.login({ user: auth.user, pass: auth.pass }, (error?: Error | null) => (error ? reject(error) : resolve())),
      );
    const reply = await new Promise<string>((resolve, reject) => {
      connection.once("error", reject);
      connection.send({ from: mail.from, to: [mail.to] }, content, (error, info) => (error ? reject(error) : resolve(String(info.response ?? ""))));
    });
    return { kind: "accepted", reply: withoutAddresses(reply).slice(0, 200) };
  } catch (caught) {
    const error = caught as SmtpFailure;
    if (abandoned) return { kind: "abandoned" };
    if (typeof error.responseCode === "number" && error.responseCode >= 400)
      return { kind: "refused", permanent: error.responseCode >= 500, code: error.responseCode, reply: said(error) };
    return contentBegan ? { kind: "unknown", reply: said(error) } : { kind: "unreached", reply: said(error) };
  } finally {
    connection.removeAllListeners("error");
    connection.on("error", () => undefined);
    connection.close();
  }
}

/** The only way out of the product. */
export const wire: Wire = { http, smtp };
