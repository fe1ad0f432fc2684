import type { Column, Facts } from "../../facts/types.ts";
import { meanOver, ratioOver, type Window } from "./columns.ts";
import { type Harm, harmOf } from "./harm.ts";
import { type Place, placesOf, stayOf } from "./places.ts";
import { readRepeated } from "./repeated.ts";
import { type Replica, readReplicas } from "./replicas.ts";
import { Servers } from "./servers.ts";
import { type Windows, windowsOf } from "./windows.ts";

/** The same figure at low load and where it is worst. */
export interface Change {
  readonly before: number;
  readonly after: number;
}

/** What causes look at: the facts, cut into a baseline and a strained time, with the places in which requests stay. */
export interface Scene {
  readonly facts: Facts;
  readonly servers: Servers;
  readonly windows: Windows;
  readonly harm: Harm;
  readonly base: Window;
  readonly strained: Window;
  readonly places: readonly Place[];
  /** By the name that answers themselves gave. */
  readonly replicas: readonly Replica[];
  /** Of all attempts, those that ask what another has asked before; NaN where no attempt is told. */
  readonly repeated: number;
  /** Mean time in the system of an attempt, ms, by Little's law: what is still waiting counts. */
  readonly residence: Change;
  readonly ttft: Change;
  readonly tpot: Change;
}

/** Reads what no column holds, then only computes. */
export async function sceneOf(facts: Facts): Promise<Scene> {
  const windows = windowsOf(facts);
  const harm = harmOf(facts, windows);
  const servers = new Servers(facts.servers);
  const { client, load } = facts;
  const [base, strained] = [windows.base, harm.strained];
  const change = (column: Column, weights: Column): Change => ({
    before: meanOver(column, base, weights),
    after: meanOver(column, strained, weights),
  });
  return {
    facts,
    servers,
    windows,
    harm,
    base,
    strained,
    places: placesOf(servers),
    replicas: await readReplicas(facts),
    repeated: await readRepeated(facts),
    residence: { before: stayOf(load.inFlight, load, base), after: stayOf(load.inFlight, load, strained) },
    ttft: change(client.ttftMean, client.attempts),
    tpot: change(client.tpotP50, client.attempts),
  };
}

/**
 * Of the time that attempts gained since the baseline, the part that they gained at a place; where they gained none, what the place is of the whole. The time is
 * that to the first token where only that broke a threshold, else that in the system.
 */
export function shareOfDelay(scene: Scene, column: Column | undefined): number {
  const { base, strained, residence, ttft, harm } = scene;
  const { load } = scene.facts;
  const [before, after] = [stayOf(column, load, base), stayOf(column, load, strained)];
  const whole = harm.beforeFirstToken && Number.isFinite(ttft.after) ? ttft : residence;
  const added = (after - before) / (whole.after - whole.before);
  const grew = whole.after > whole.before * 1.2;
  return Math.max(0, Math.min(2, grew ? added : after / whole.after));
}

/** Of the attempts of a window, those that a column counts. */
export function shareOf({ facts }: Scene, column: Column, window: Window): number {
  return ratioOver(column, facts.client.attempts, window);
}

export function changeOf(scene: Scene, column: Column | undefined, weights?: Column): Change {
  return { before: meanOver(column, scene.base, weights), after: meanOver(column, scene.strained, weights) };
}
