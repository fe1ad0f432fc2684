import { exportRequest, type OtlpSpan } from "./otlp.ts";

export interface ExporterOptions {
  /** Where to POST; `/v1/traces` is added to a URL without a path. */
  readonly url: string;
  readonly service: string;
  readonly instance: string;
  /** ms that the collector has for a POST, and at the end for all that is left. */
  readonly patience: number;
  /** Says something to the person who started the twin. */
  readonly tell: (text: string) => void;
}

export interface ExporterCounts {
  readonly sent: number;
  readonly dropped: number;
}

/** Spans that wait to be sent; beyond it the newest are dropped, and counted. */
export const MOST_WAITING = 20_000;
const BATCH = 512;
const EVERY = 500;

/** Sends spans in batches over OTLP/HTTP with JSON: one POST at a time, so that a slow collector costs spans and never the twin's own pace. */
export class SpanExporter {
  readonly #options: ExporterOptions;
  readonly #url: string;
  #waiting: OtlpSpan[] = [];
  #timer: NodeJS.Timeout | undefined;
  #posting: Promise<void> | undefined;
  #sent = 0;
  #dropped = 0;
  #complained = false;
  /** Once it closes: when nothing more is sent. */
  #last: AbortSignal | undefined;

  constructor(options: ExporterOptions) {
    this.#options = options;
    const url = new URL(options.url);
    if (url.pathname === "/") url.pathname = "/v1/traces";
    this.#url = url.href;
  }

  get counts(): ExporterCounts {
    return { sent: this.#sent, dropped: this.#dropped };
  }

  add(spans: readonly OtlpSpan[]): void {
    const room = MOST_WAITING - this.#waiting.length;
    if (spans.length > room) this.#drop(spans.length - Math.max(0, room));
    this.#waiting.push(...spans.slice(0, Math.max(0, room)));
    if (this.#waiting.length >= BATCH) this.#post();
    else this.#timer ??= setTimeout(() => this.#post(), EVERY);
  }

  /** Sends what waits; resolves when it has been sent or could not be, at the latest when its patience is over. */
  async close(): Promise<void> {
    const last = AbortSignal.timeout(this.#options.patience);
    this.#last = last;
    while (this.#posting !== undefined || (this.#waiting.length > 0 && !last.aborted)) {
      this.#post();
      await this.#posting;
    }
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) this.#drop(this.#waiting.length, "it is too slow");
    this.#waiting = [];
  }

  #post(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#posting !== undefined || this.#waiting.length === 0) return;
    const batch = this.#waiting.slice(0, BATCH);
    this.#waiting = this.#waiting.slice(BATCH);
    this.#posting = this.#send(batch).finally(() => {
      this.#posting = undefined;
      if (this.#waiting.length > 0)
        this.#timer ??= setTimeout(() => this.#post(), this.#waiting.length >= BATCH ? 0 : EVERY);
    });
  }

  async #send(batch: readonly OtlpSpan[]): Promise<void> {
    const { service, instance } = this.#options;
    const body = JSON.stringify(exportRequest(batch, { "service.name": service, "service.instance.id": instance }));
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: this.#last ?? AbortSignal.timeout(this.#options.patience),
      });
      await response.arrayBuffer();
      if (response.ok) this.#sent += batch.length;
      else this.#drop(batch.length, `it answered ${response.status}`);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      this.#drop(batch.length, cause instanceof Error ? cause.message : String(cause));
    }
  }

  #drop(count: number, why = `${MOST_WAITING} spans wait already`): void {
    this.#dropped += count;
    if (this.#complained) return;
    this.#complained = true;
    this.#options.tell(`Spans are lost: ${this.#url} does not take them (${why}). The last line says how many.`);
  }
}
