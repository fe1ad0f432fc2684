import { closeSync, fsyncSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Redactor } from "../base/index.ts";
import type { RunEvent } from "./messages.ts";
import { writeWhole } from "./text-files.ts";

export const EVENTS_FILE = "events.jsonl";

/** Appends `events.jsonl`: an event is with the kernel when `write` returns, so that it outlives a killed process. */
export class EventLog {
  readonly #handle: number;
  readonly #redact: Redactor;

  constructor(folder: string, redact: Redactor) {
    this.#handle = openSync(join(folder, EVENTS_FILE), "a");
    this.#redact = redact;
  }

  write(event: RunEvent): void {
    writeWhole(this.#handle, Buffer.from(`${this.#redact(JSON.stringify(event))}\n`));
  }

  close(): void {
    fsyncSync(this.#handle);
    closeSync(this.#handle);
  }
}
