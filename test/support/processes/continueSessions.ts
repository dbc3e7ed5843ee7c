import { createInterface } from 'node:readline';
import type { Dialect, Document } from '../../../engine/interpreter/document/model.ts';
import { loadDocument, parseDocument } from '../../../engine/interpreter/load/load.ts';
import type { Snapshot } from '../../../engine/interpreter/session/contract.ts';
import { type Play, PlayedSession } from '../sessionPlay.ts';

/** A line of input: a session to restore and its next inputs. A line of output: its records. */
export interface ContinueRequest {
  readonly source: { readonly url: string } | { readonly text: string; readonly dialect: Dialect };
  readonly snapshot: Snapshot;
  readonly now: number;
  readonly plays: readonly Play[];
}

const documents = new Map<string, Promise<Document>>();

function documentOf(source: ContinueRequest['source']): Promise<Document> {
  const key = JSON.stringify(source);
  const known = documents.get(key);
  if (known) return known;
  const loaded =
    'url' in source
      ? loadDocument(new URL(source.url))
      : parseDocument(source.text, { dialect: source.dialect });
  documents.set(key, loaded);
  return loaded;
}

async function answer({ source, snapshot, now, plays }: ContinueRequest): Promise<unknown> {
  const session = PlayedSession.restore(await documentOf(source), snapshot, now);
  await session.drain();
  for (const play of plays) await session.play(play);
  return session.played();
}

for await (const line of createInterface({ input: process.stdin })) {
  const result = await answer(JSON.parse(line) as ContinueRequest).catch((error: unknown) => ({
    error: String(error instanceof Error ? error.stack : error),
  }));
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
