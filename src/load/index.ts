export { Board, type BoardField } from "./board.ts";
export { calibrationServer } from "./calibration-server.ts";
export { Crew, type CrewOptions } from "./crew.ts";
export type { Calibration } from "./messages.ts";
