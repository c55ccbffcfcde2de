import type { Request, Response } from "express";
import { oldestDue } from "../pipeline/health.server.ts";

/** For load balancers and people: is the database there, and how long has the oldest due work been waiting. */
export async function healthDoor(_request: Request, response: Response): Promise<void> {
  try {
    const now = new Date();
    const due = await oldestDue(now);
    const late = due.oldestSeconds !== null && due.oldestSeconds > 300;
    response.status(200).json({ status: late ? "late" : "ok", now, database: "ok", oldestDueSeconds: due.oldestSeconds, waiting: due.waiting });
  } catch {
    response.status(503).json({ status: "down", database: "unreachable" });
  }
}
