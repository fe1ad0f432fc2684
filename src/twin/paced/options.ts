/** How the paced server answers. Times in ms. */
export interface PacedOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The model that it says it is. */
  readonly model: string;
  readonly seed: number;
  /** Answers generated at once; a request beyond waits in line, first come, first served. */
  readonly slots: number;
  /** Requests that may wait; one beyond is answered with 429. */
  readonly queue: number;
  /** From a free slot to the first token: a base and a share for each token of the request. */
  readonly firstToken: number;
  readonly perInputToken: number;
  /** From one token to the next. */
  readonly gap: number;
  /** Length of an answer, lognormal: median in tokens, and sigma of its logarithm. */
  readonly tokens: number;
  readonly tokenSpread: number;
  /** Shares of the requests, 0 to 1: answered with 500; closed in mid-answer; given an error event in mid-answer. */
  readonly failRate: number;
  readonly severRate: number;
  readonly streamErrorRate: number;
  /** CSV of every write: trace id, request id, what, index, ms of the machine's monotonic clock just before the write. */
  readonly sendLog: string | undefined;
}

export const PACED_DEFAULTS: PacedOptions = {
  host: "127.0.0.1",
  port: 0,
  model: "paced-1",
  seed: 1,
  slots: 8,
  queue: 512,
  firstToken: 60,
  perInputToken: 0.1,
  gap: 20,
  tokens: 64,
  tokenSpread: 0.5,
  failRate: 0,
  severRate: 0,
  streamErrorRate: 0,
  sendLog: undefined,
};
