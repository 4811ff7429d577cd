// Which blobs an event names. Read off the schema of the events, so that a new event cannot be forgotten here.
import { z } from "zod";
import { eventSchema } from "../core/log/event.js";
import type { EventKind, RunEvent } from "../core/log/event.js";
import { blobId } from "../core/log/parts.js";
import type { BlobId } from "../core/log/parts.js";

/** Keys from an event down to a blob's name; `*` stands for every element of an array. */
type Path = readonly string[];

const PATHS: ReadonlyMap<EventKind, readonly Path[]> = new Map(
  eventSchema.options.map((option) => [option.shape.kind.value, blobPaths(option)] as const),
);

/** The blobs that an event names, in no particular order. */
export function namedBlobs(event: RunEvent): readonly BlobId[] {
  return (PATHS.get(event.kind) ?? []).flatMap((path) => valuesAt(event, path));
}

function blobPaths(schema: unknown): readonly Path[] {
  if (schema === blobId) return [[]];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) return blobPaths(schema.unwrap());
  if (schema instanceof z.ZodArray) return blobPaths(schema.element).map((path) => ["*", ...path]);
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, unknown>> = schema.shape;
    return Object.entries(shape).flatMap(([name, inner]) => blobPaths(inner).map((path) => [name, ...path]));
  }
  return [];
}

function valuesAt(value: unknown, path: Path): readonly BlobId[] {
  const [key, ...rest] = path;
  if (key === undefined) return typeof value === "string" ? [value] : [];
  if (key === "*") return Array.isArray(value) ? value.flatMap((element: unknown) => valuesAt(element, rest)) : [];
  return typeof value === "object" && value !== null && key in value ? valuesAt((value as Readonly<Record<string, unknown>>)[key], rest) : [];
}
