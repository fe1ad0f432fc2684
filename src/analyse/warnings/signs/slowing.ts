import { type Random, randomStream } from "../../../base/index.ts";
import { ar1Series, autocorrelation, fitAr1, gaussianSmooth, kendall, variance } from "../../../stats/index.ts";
import type { Column } from "../../facts/types.ts";
import type { Sign, Warning } from "../sign.ts";

/** Bins at constant load before the failure, without which nothing can be told. */
const FEWEST = 90;
/** Of the series: width of the kernel that takes the trend out, and the rolling window. */
const KERNEL = 0.1;
const WINDOW = 0.5;
const PLACES = 20;
const SURROGATES = 99;
/** Shares of the series at which it is looked at as if it ended there. */
const LOOKS = [0.6, 0.7, 0.8, 0.9, 1];
const SIGNIFICANT = 0.05;

/**
 * Critical slowing down: variance and lag-1 autocorrelation of a detrended series that rise together towards a tipping point. Scheffer et al.,
 * "Early-warning signals for critical transitions", Nature 461 (2009); method and surrogates of Dakos et al., PLoS ONE 7 (2012). Read at constant
 * load only, since a ramp makes both rise.
 */
export const slowing: Sign = {
  name: "slowing",
  happened: "the latency swung wider and for longer",
  falseAlarms: 0.1,
  look({ stages, client, manifest }, _servers, from, until): readonly Warning[] {
    const stage = stages.find((one) => one.isSteady && one.from < until && one.to >= until);
    if (stage === undefined) return [];
    const start = Math.max(from, stage.from);
    const column = client.ttftP50.some(Number.isFinite) ? client.ttftP50 : client.responseP50;
    const measured = [...column.subarray(start, until).keys()].filter((i) => (column[start + i] ?? 0) > 0);
    if (measured.length < FEWEST) return [];
    const series = measured.map((i) => Math.log(column[start + i] ?? 1));
    let first: { readonly place: number; readonly p: number } | undefined;
    for (const share of LOOKS.toReversed()) {
      const length = Math.floor(share * series.length);
      if (length < FEWEST) break;
      const p = significance(series.slice(0, length), randomStream(manifest.seed, "slowing", length));
      if (p >= SIGNIFICANT) break;
      first = { place: length - 1, p };
    }
    if (first === undefined) return [];
    const half = Math.floor(series.length / 2);
    const spread = (values: readonly number[]): number => Math.sqrt(variance(values));
    const [before, after] = [spread(series.slice(0, half)), spread(series.slice(half))];
    const measure = column === client.ttftP50 ? "ttft.p50" : "response.p50";
    return [
      {
        at: start + (measured[first.place] ?? 0),
        measure: `variance and autocorrelation of ${measure}`,
        unit: "standard deviation of the logarithm",
        component: "target",
        before,
        after,
        test: "Kendall's tau of both against time, AR(1) surrogates",
        p: first.p,
        words: `its standard deviation rose from ${before.toFixed(2)} to ${after.toFixed(2)} while the load stayed the same`,
        alert: {
          values: rolling(column),
          above: (before + after) / 2,
          say: (above) =>
            `the standard deviation of the logarithm of ${measure} over ${SPREAD} seconds above ${above.toFixed(2)}`,
        },
      },
    ];
  },
};

/** Share of series without any change whose rise of both is at least as great; with the series itself counted (Davison and Hinkley 1997). */
function significance(series: readonly number[], random: Random): number {
  const detrended = residuals(series);
  const own = rise(detrended);
  const process = fitAr1(detrended);
  let greater = 0;
  for (let i = 0; i < SURROGATES; i++) if (rise(ar1Series(process, series.length, random)) >= own) greater++;
  return (greater + 1) / (SURROGATES + 1);
}

/** Bins over which an alert would measure the spread. */
const SPREAD = 60;

function rolling(column: Column): Column {
  return column.map((_, at) => {
    const last = column.slice(Math.max(0, at - SPREAD + 1), at + 1).filter((value) => value > 0);
    return last.length < SPREAD / 2 ? Number.NaN : Math.sqrt(variance(last.map(Math.log)));
  });
}

function residuals(series: readonly number[]): Float64Array {
  const smooth = gaussianSmooth(series, KERNEL * series.length);
  return Float64Array.from(series, (value, i) => value - (smooth[i] ?? 0));
}

/** Kendall's tau of the rolling variance and of the rolling autocorrelation against time, added up; -2 to 2. */
function rise(series: Float64Array): number {
  const window = Math.floor(WINDOW * series.length);
  const step = Math.max(1, Math.floor((series.length - window) / PLACES));
  const [variances, memories]: [number[], number[]] = [[], []];
  for (let at = 0; at + window <= series.length; at += step) {
    const part = series.subarray(at, at + window);
    variances.push(variance(part));
    memories.push(autocorrelation(part));
  }
  const time = [...variances.keys()];
  return kendall(time, variances).tau + kendall(time, memories).tau;
}
