/** ln Gamma(x) for x > 0: Lanczos' approximation, g = 7, n = 9 (Godfrey's coefficients), relative error below 1e-14. */
function logGamma(x: number): number {
  const z = x - 1;
  let sum = 0.999_999_999_999_809_93;
  for (const [i, coefficient] of LANCZOS.entries()) sum += coefficient / (z + i + 1);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

const LANCZOS = [
  676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13, -176.615_029_162_140_59,
  12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6, 1.505_632_735_149_311_6e-7,
];

/** Coefficient of variation of a Weibull distribution: sqrt(G(1 + 2/k) / G(1 + 1/k)^2 - 1). */
export function weibullCv(shape: number): number {
  return Math.sqrt(Math.expm1(logGamma(1 + 2 / shape) - 2 * logGamma(1 + 1 / shape)));
}
