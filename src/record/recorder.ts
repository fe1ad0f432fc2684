import { MessageChannel, type MessagePort } from "node:worker_threads";
import { EXIT, type Fault, PlimsollError, redactor, startThread } from "../base/index.ts";
import { EventLog } from "./event-log.ts";
import { writeFault } from "./faults.ts";
import type { RunFolder } from "./folder.ts";
import { answerLimits } from "./limits.ts";
import type { RunEvent, SeriesPoint, Tally } from "./messages.ts";
import {
  type ConductorToRecorder,
  type RecordedPlan,
  type RecorderSettings,
  type RecorderToConductor,
  streams,
} from "./settings.ts";

export interface RecorderOptions {
  readonly folder: RunFolder;
  readonly plan: RecordedPlan;
  /** Load workers: one port each. */
  readonly workers: number;
  /** ms between tallies; default 250. */
  readonly tallyEvery?: number;
  /** ms after which a segment is closed; default 4000: what a killed run loses at most. */
  readonly segmentEvery?: number;
  /** Rows after which a segment is closed before its time; default 16384: what bounds the memory. */
  readonly segmentRows?: number;
  /** Secrets that no file may show. */
  readonly redactSecrets: readonly string[];
}

export interface Recorder {
  /** One a worker, to be transferred to it: it posts `WorkerToRecorder`, `closed` last, and is told `RecorderToWorker`. */
  readonly ports: readonly MessagePort[];
  onTally(callback: (tally: Tally) => void): void;
  /** Told once, when the record cannot be written on (DISK_FULL, RUNS_UNWRITABLE): the run is to stop. */
  onFault(callback: (fault: Fault) => void): void;
  /** Appends to events.jsonl at once. */
  event(event: RunEvent): void;
  series(points: readonly SeriesPoint[]): void;
  /** Resolves when the recorder has taken in what it was given so far, or has failed: for a run that makes rows faster than they are kept. */
  caughtUp(): Promise<void>;
  /**
   * Resolves when all is durable. Waits until every worker has posted `closed` or its port is gone. Rejects with PlimsollError
   * RECORD_INCOMPLETE when rows could not be written.
   */
  close(): Promise<void>;
}

/** Starts the recorder's thread over a run folder. */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const { folder, plan, redactSecrets } = options;
  const channels = Array.from({ length: options.workers }, () => new MessageChannel());
  const settings: RecorderSettings = {
    folder: folder.path,
    stages: plan.stages.map((stage) => stage.name),
    personas: plan.workload.personas.map((persona) => persona.name),
    streams: streams(plan.target.protocol),
    prices: plan.prices,
    limits: answerLimits(plan.slo),
    secrets: redactSecrets,
    tallyEvery: options.tallyEvery ?? 250,
    segmentEvery: options.segmentEvery ?? 4000,
    segmentRows: options.segmentRows ?? 16_384,
  };
  const theirs = channels.map((channel) => channel.port1);
  const thread = startThread(import.meta.url, "recorder-thread", {
    workerData: { settings, ports: theirs },
    transferList: theirs,
    name: "plimsoll-recorder",
  });
  const redact = redactor(redactSecrets);
  const events = new EventLog(folder.path, redact);
  const tallies: ((tally: Tally) => void)[] = [];
  const faults: ((fault: Fault) => void)[] = [];
  const marks: (() => void)[] = [];
  let told: Fault | undefined;
  let over = false;
  const fail = (fault: Fault): void => {
    if (told) return;
    told = fault;
    for (const callback of faults) callback(fault);
  };

  let ready: () => void = () => {};
  let closed: (lost: number) => void = () => {};
  let died: (error: Error) => void = () => {};
  const whenReady = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const whenClosed = new Promise<number>((resolve) => {
    closed = resolve;
  });
  const whenDied = new Promise<never>((_, reject) => {
    died = reject;
  });
  whenDied.catch((error: unknown) => fail(threadFault(error)));

  thread.on("message", (message: RecorderToConductor) => {
    if (message.kind === "ready") ready();
    else if (message.kind === "fault") fail(message.fault);
    else if (message.kind === "closed") closed(message.lost);
    else if (message.kind === "reached") marks.shift()?.();
    else for (const callback of tallies) callback(message.tally);
  });
  thread.on("error", died);
  thread.on("exit", () => {
    if (!over) died(new Error("it has ended before its time"));
  });
  await Promise.race([whenReady, whenDied]);

  const post = (message: ConductorToRecorder): void => thread.postMessage(message);
  return {
    ports: channels.map((channel) => channel.port2),
    onTally: (callback) => {
      tallies.push(callback);
    },
    onFault: (callback) => {
      faults.push(callback);
      if (told) callback(told);
    },
    event: (event) => {
      try {
        events.write(event);
      } catch (error) {
        fail(writeFault(error, folder.path));
      }
    },
    series: (points) =>
      post({ kind: "series", points: points.map((point) => ({ ...point, labels: redact(point.labels) })) }),
    caughtUp: () => {
      const reached = new Promise<void>((resolve) => {
        marks.push(resolve);
      });
      post({ kind: "mark" });
      return Promise.race([reached, whenDied.catch(() => {})]);
    },
    close: async () => {
      // A port that was never handed to a worker is still ours, and nobody will say `closed` on it.
      post({ kind: "close" });
      for (const channel of channels) channel.port2.close();
      const lost = await Promise.race([whenClosed, whenDied]);
      over = true;
      events.close();
      if (lost > 0) throw incomplete(lost, folder.path, told);
    },
  };
}

function threadFault(error: unknown): Fault {
  const detail = error instanceof Error ? error.message : String(error);
  return { code: "RECORD_THREAD_DIED", message: `The recorder's thread failed: ${detail}`, received: detail };
}

function incomplete(lost: number, folder: string, cause: Fault | undefined): PlimsollError {
  const faults: Fault[] = [
    {
      code: "RECORD_INCOMPLETE",
      message: `${lost} rows of the run could not be written to ${folder}.`,
      received: String(lost),
    },
    ...(cause ? [cause] : []),
  ];
  return new PlimsollError(faults, EXIT.internal);
}
