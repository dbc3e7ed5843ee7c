import { randomUUID } from 'node:crypto';
import type { Document } from '../../engine/interpreter/index.ts';
import type { Clock, Json } from '../../engine/ports/index.ts';
import {
  type FieldPath,
  type ScenarioFailure,
  ScenarioFault,
  type ScenarioFile,
  scenarioDocument,
} from '../../engine/scenario/index.ts';
import type { ServerClient } from '../serverClient.ts';
import { AnswerServer } from './answerServer.ts';
import { FetchAnswers } from './fetchAnswers.ts';
import { ServerPlayer } from './serverPlayer.ts';
import { type ReadTrace, ServerSession, whyNotDebugged } from './serverSession.ts';
import { unplayablePart } from './unplayable.ts';

export interface PlayAgainstServerParts {
  readonly client: ServerClient;
  /** Address at which the server reads the document and gets its answers. */
  readonly host: string;
  readonly clock: Clock;
  /** Aborted when the user stops the command. */
  readonly stopped: AbortSignal;
  readonly readTrace: ReadTrace;
}

/**
 * Plays a scenario against a server, and ends its session. Returns the step that failed, if one did. Rejects
 * with ScenarioFault for a scenario that a server cannot play, and as scenarioDocument().
 */
export async function playAgainstServer(
  file: ScenarioFile,
  parts: PlayAgainstServerParts,
): Promise<ScenarioFailure | undefined> {
  const document = await playable(file);
  const answers = new FetchAnswers(file.scenario);
  const server = await AnswerServer.open({ document, answers, host: parts.host, secret: randomUUID() });
  let player: ServerPlayer | undefined;
  try {
    const { client, clock, stopped, readTrace } = parts;
    const params = server.urls.value(file.scenario.params ?? {}) as { readonly [name: string]: Json };
    player = new ServerPlayer({
      file,
      document,
      answers,
      server,
      clock,
      stopped,
      whyNotDebugged: await whyNotDebugged(client),
      start: () => ServerSession.start(client, { src: server.documentUrl, params, readTrace }),
    });
    return await player.play();
  } finally {
    await player?.end();
    server.close();
  }
}

async function playable(file: ScenarioFile): Promise<Document> {
  const { scenario } = file;
  const fault = (path: FieldPath, reason: string): ScenarioFault =>
    new ScenarioFault(file.place(path), `This cannot be played against a server: ${reason}`);
  const part = unplayablePart(scenario);
  if (part) throw fault(part.path, part.reason);
  const document = await scenarioDocument(file);
  if (scenario.dialect === undefined) return document;
  const { dialect: _, ...others } = scenario;
  const own = await scenarioDocument({ ...file, scenario: others, place: (path) => file.place(path) });
  if (own.dialect === document.dialect) return document;
  throw fault(['dialect'], `the server takes the dialect of the document, ${own.dialect}`);
}
