import type { Facts } from "../facts/types.ts";

/** A stretch of the run whose load counts as one. Bins [from, to). */
export interface Piece {
  readonly stage: string;
  readonly unit: "sessions/s" | "users";
  readonly load: number;
  readonly from: number;
  readonly to: number;
}

/** Pieces that a stage of changing load is cut into. */
const CUTS = 5;

/** A stage of constant load is one piece, any other several of equal length. */
export function piecesOf({ stages, load }: Facts): readonly Piece[] {
  return stages.flatMap((stage) => {
    const cuts = stage.isSteady ? 1 : Math.min(CUTS, Math.max(1, stage.to - stage.from));
    return Array.from({ length: cuts }, (_, i): Piece => {
      const at = (share: number): number => stage.from + Math.round((share * (stage.to - stage.from)) / cuts);
      const [from, to] = [at(i), at(i + 1)];
      const asked = load.asked.slice(from, to).filter(Number.isFinite);
      const mean = asked.reduce((sum, value) => sum + value, 0) / asked.length;
      return { stage: stage.name, unit: stage.unit, load: stage.isSteady ? stage.mean : mean, from, to };
    }).filter((piece) => piece.to > piece.from && piece.load > 0);
  });
}
