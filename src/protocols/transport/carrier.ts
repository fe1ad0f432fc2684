import type { WireRequest } from "../types.ts";
import type { Verdict } from "../verdict.ts";
import type { ResponseSink } from "./response-parser.ts";

/** The attempt that has a carrier. Each method runs inside a socket's callback. */
export interface CarrierUser extends ResponseSink {
  opened(carrier: Carrier, at: number): void;
  /** The request's last byte was handed to the kernel. */
  sent(at: number): void;
  /** A read, before anything looks inside it. */
  read(count: number, at: number): void;
  /** More bytes of the same read. */
  more(count: number): void;
  /** The read has been parsed. */
  parsed(at: number): void;
  /**
   * The carrier is gone before the message was whole; or, at its regular end, has just made it whole. `verdict`: what the server said by closing,
   * where the answer had not come to its own end.
   */
  lost(reason: string, at: number, verdict?: Verdict): void;
}

/** How far the message that is awaited has come. */
export interface MessageState {
  /** A byte of it has come. */
  readonly begun: boolean;
  readonly inBody: boolean;
  readonly complete: boolean;
  /** What is wrong with it; "": nothing. */
  readonly fault: string;
}

/** What brings a request to the server and its answer back: a connection, or a stream inside one. */
export interface Carrier {
  readonly parser: MessageState;
  readonly dialledAt: number;
  /** It has been open, whatever it is now. */
  readonly isOpenedOnce: boolean;
  /** The request now on it may have been seen by the server. */
  readonly touched: boolean;
  /** Bytes that it writes for the request. */
  send(request: WireRequest, user: CarrierUser): number;
  pause(): void;
  resume(): void;
  /** The answer is whole. */
  release(at: number): void;
  /** The attempt has its answer, the message is not at its end yet. */
  drain(at: number): void;
  /** The attempt gives up: the server must be able to see it. */
  destroy(): void;
}

/** A request that wants a carrier. */
export interface Requester extends CarrierUser {
  readonly wire: WireRequest;
  readonly sessionId: string;
  /** It ended while it waited. */
  readonly over: boolean;
  /** It has this carrier now; not open yet where `fresh`. */
  assigned(carrier: Carrier, fresh: boolean): void;
}

/** The carriers of one client. */
export interface Transport {
  /** Sockets. */
  readonly open: number;
  /** Requests that wait because of a cap. */
  readonly waiting: number;
  acquire(requester: Requester): void;
  /** As {@link acquire}, never over a connection that has rested. */
  acquireFresh(requester: Requester): void;
  /** The session asks nothing more. */
  endSession(sessionId: string): void;
  sweep(now: number): void;
  close(): void;
}
