import { mean } from "../../stats/index.ts";
import { measureLoss, measures } from "./measures.ts";
import { predict, type Setting } from "./model.ts";
import { fromLogs, type ModelPoint, type ParameterEntry } from "./parameters.ts";
import type { Predicted } from "./replay.ts";
import { type Part, type Residuals, residuals } from "./residuals.ts";

/** The one place where the model meets the data: a point in, how far it is from the data out. Counts what it costs. */
export class Objective {
  readonly setting: Setting;
  readonly part: Part;
  readonly free: readonly ParameterEntry[];
  readonly base: ModelPoint;
  /** Logarithms where the prior is centred. */
  readonly centre: readonly number[];
  evaluations = 0;
  #last: { readonly logs: readonly number[]; readonly predicted: readonly Predicted[] } | undefined;

  constructor(
    setting: Setting,
    part: Part,
    free: readonly ParameterEntry[],
    base: ModelPoint,
    centre: readonly number[],
  ) {
    this.setting = setting;
    this.part = part;
    this.free = free;
    this.base = base;
    this.centre = centre;
  }

  point(logs: readonly number[]): ModelPoint {
    return fromLogs(logs, this.free, this.base);
  }

  predict(logs: readonly number[]): readonly Predicted[] {
    const last = this.#last;
    // A point's misfit and its residuals are asked for one after the other: it is simulated once.
    if (last?.logs.every((value, i) => value === logs[i])) return last.predicted;
    this.evaluations++;
    const predicted = predict(this.setting, this.point(logs));
    this.#last = { logs, predicted };
    return predicted;
  }

  residuals(logs: readonly number[]): Residuals {
    const { overhead } = this.point(logs);
    return residuals(this.setting.episodes, this.predict(logs), overhead, this.part);
  }

  /** What the search makes small: the misfit, and a little of the distance from the prior. */
  loss(logs: readonly number[]): number {
    return this.lossOf(this.misfit(logs), logs);
  }

  /** The same where the misfit is known. */
  lossOf(misfit: number, logs: readonly number[]): number {
    return misfit + PRIOR_SHARE * this.penalty(logs);
  }

  /** Mean |log ratio| of means and quantiles over the kinds of episodes, with the bins' beside it. */
  misfit(logs: readonly number[]): number {
    const { overhead } = this.point(logs);
    const { episodes } = this.setting;
    const predicted = this.predict(logs);
    const kinds = [...new Set(episodes.map(({ kind }) => kind))];
    const summary = kinds.reduce(
      (sum, kind) => sum + measureLoss(measures(episodes, predicted, overhead, this.part, kind)) / kinds.length,
      0,
    );
    const { groups } = residuals(episodes, predicted, overhead, this.part);
    const each = groups.reduce((sum, { values }) => sum + mean(values.map(Math.abs)) / groups.length, 0);
    return (summary + each) / 2;
  }

  /** Squared distance from the prior, in its standard deviations. */
  penalty(logs: readonly number[]): number {
    return logs.reduce(
      (sum, value, i) => sum + ((value - (this.centre[i] ?? 0)) / (this.free[i]?.priorSd ?? 1)) ** 2,
      0,
    );
  }
}

/** What one standard deviation away from the prior costs, in mean |log ratio|: a tenth of a per cent. */
const PRIOR_SHARE = 1e-3;
