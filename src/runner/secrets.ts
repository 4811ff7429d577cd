// The only way a model key reaches a runner: one JSON object on its standard input, read to the end and forgotten.
import { z } from "zod";

const secretsSchema = z.object({
  apiKey: z.string().min(1).optional(),
  authToken: z.string().min(1).optional(),
  baseUrl: z.string().min(1).optional(),
});
export type Secrets = z.infer<typeof secretsSchema>;

/** Reads `input` to its end. Nothing at all counts as no secrets: a clerk needs none. */
export async function readSecrets(input: AsyncIterable<Buffer | string>): Promise<Secrets> {
  const chunks: string[] = [];
  for await (const chunk of input) chunks.push(chunk.toString());
  const text = chunks.join("").trim();
  return text === "" ? {} : secretsSchema.parse(JSON.parse(text));
}
