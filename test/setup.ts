// For every test: the app's environment, and silence. A console.error that no test expects fails the test in which it happens.
import { format } from "node:util";
import { afterAll, afterEach } from "vitest";
import { noDatabase, testEnvironment } from "./environment.ts";

Object.assign(process.env, testEnvironment, { DATABASE_URL: noDatabase });

const complaints: string[] = [];
const original = console.error.bind(console);
console.error = (...parts: unknown[]) => {
  complaints.push(format(...parts));
  original(...parts);
};

const refuse = (): void => {
  const found = complaints.splice(0);
  if (found.length > 0) throw new Error(`console.error was called, and no test expected it (expect it with vi.spyOn(console, "error")):\n${found.join("\n")}`);
};

afterEach(refuse);
afterAll(refuse);
