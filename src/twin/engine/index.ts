export { createEngine } from "./engine.ts";
export {
  deriveEngine,
  GPU_NAMES,
  type HardwareOptions,
  MODEL_NAMES,
  PRESET_NAMES,
  presetNamed,
  type Speculation,
} from "./hardware.ts";
export type { ColdStart, EnginePreset } from "./presets/types.ts";
export { stepMs } from "./step-time.ts";
