export { Board, type BoardField } from "./board.ts";
export { calibrationServer } from "./calibration-server.ts";
export { Crew, type CrewOptions } from "./crew.ts";
export { regionalClient } from "./distant-client.ts";
export { LoadDriver } from "./driver.ts";
export { HookRunner } from "./hook-runner.ts";
export type { Calibration } from "./messages.ts";
export type { Pacer, Task } from "./pacer.ts";
export { RowWriter } from "./row-writer.ts";
