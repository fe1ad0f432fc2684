import { z } from "zod";
import { exportSchema } from "./export.ts";
import { count, text } from "./fields.ts";
import { budgetSchema, expectSchema, generatorSchema, guardsSchema, pricesSchema, sloSchema } from "./limits.ts";
import { observeSchema } from "./observe.ts";
import { stageSchema } from "./stages.ts";
import { targetSchema } from "./target.ts";
import { workloadSchema } from "./workload.ts";

/** The written form of a plan; every default is filled in later, so nothing but a target is required. */
export const planSchema = z
  .strictObject({
    $schema: z
      .string()
      .meta({ title: "JSON Schema", description: "Where editors find the schema; Plimsoll ignores it." })
      .optional(),
    name: text("Name", "Name of the test. Default: the plan's file name, or the target's host.", 100).optional(),
    seed: count("Seed", "Same plan and seed, same load. Default: 1.", 0).optional(),
    target: targetSchema,
    expect: expectSchema.optional(),
    workload: workloadSchema.optional(),
    stages: z
      .array(stageSchema)
      .min(1)
      .max(1000)
      .meta({ title: "Stages", description: "The run, one stage after another. Default: 30s of steady load." })
      .optional(),
    slo: z
      .array(sloSchema)
      .max(1000)
      .meta({ title: "SLOs", description: "Limits that must hold; the exit code says whether they did." })
      .optional(),
    prices: pricesSchema.optional(),
    budget: budgetSchema.optional(),
    guards: guardsSchema.optional(),
    generator: generatorSchema.optional(),
    observe: observeSchema.optional(),
    export: exportSchema.optional(),
    hooks: text(
      "Hooks",
      "Path to a TypeScript or JavaScript file, from the plan's folder, whose functions sessions call: beforeSession, nextTurn, request, answer.",
    ).optional(),
    runs: text("Runs", "Folder in which run folders are made, from the working directory. Default: ./runs.").optional(),
  })
  .meta({ title: "Plimsoll plan", description: "A load test of an AI application." });

/** A plan as a person writes it: what `definePlan` takes. */
export type PlanInput = z.input<typeof planSchema>;

/** Sections that later versions bring. */
export const LATER_SECTIONS: readonly string[] = ["faults", "dependencies", "quality"];
