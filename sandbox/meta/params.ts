// Reads the parameters of a call, wherever they were put: query, form, multipart or JSON.
import type { Request } from "express";
import { invalid } from "./error.ts";

export type Params = Record<string, unknown>;

/** All parameters by name. Values that hold JSON (objects, lists, booleans, numbers of objects) are read as such. */
export async function readParams(request: Request): Promise<Params> {
  const params: Params = {};
  const query = new URL(request.url, "https://graph.facebook.com").searchParams;
  for (const [name, value] of query) put(params, name, value);

  const body: unknown = request.body;
  if (!Buffer.isBuffer(body) || body.length === 0) return params;
  const type = request.get("content-type") ?? "";
  if (type.startsWith("application/json")) {
    for (const [name, value] of Object.entries(jsonObject(body))) put(params, name, value);
  } else if (type.startsWith("application/x-www-form-urlencoded")) {
    for (const [name, value] of new URLSearchParams(body.toString("utf8"))) put(params, name, value);
  } else if (type.startsWith("multipart/form-data")) {
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
    for (const [name, value] of form) put(params, name, typeof value === "string" ? value : await value.text());
  } else {
    throw invalid(`Cannot read a body of type ${type || "(none)"}`);
  }
  return params;
}

const structured = new Set(["payload", "session", "fields"]);

function put(params: Params, name: string, value: unknown): void {
  params[name] = structured.has(name) && typeof value === "string" ? maybeJson(value) : value;
}

function maybeJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid("Invalid JSON in a parameter");
  }
}

function jsonObject(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // falls through to the one error
  }
  throw invalid("The request body is not a JSON object");
}
