import { answerLoad } from '../../engine/host/children/childLoads.ts';
import type { ChildListener, ChildUsage, SpawnChild } from '../../engine/host/children/childProcess.ts';
import { ChildSessions } from '../../engine/host/children/childSessions.ts';
import { FrameReader, frameOf, type Message } from '../../engine/host/children/frames.ts';
import type { ToChild } from '../../engine/host/children/messages.ts';
import { rawFrame } from './rawFrame.ts';

/** The reaction of a child to a message, instead of the real answer: texts to send, silence, or its end. */
export type Behaviour = (
  message: ToChild,
  child: ScriptedChild,
) => readonly string[] | 'hang' | 'crash' | undefined;

export interface ScriptedChild {
  readonly number: number;
  /** Kinds of the messages that came. */
  readonly heard: string[];
  usage: ChildUsage | undefined;
  isKilled: boolean;
  /** Sends bytes without a request. */
  say(bytes: Buffer): void;
}

export interface ScriptedChildren {
  readonly spawn: SpawnChild;
  readonly children: ScriptedChild[];
}

/**
 * Children without processes: the real engine in this process, with a behaviour in front of it. They answer
 * in a later macrotask, like processes.
 */
export function createScriptedChildren(options: {
  readonly behaviour?: Behaviour;
  /** False: the child ends before it is ready. */
  readonly starts?: (number: number) => boolean;
}): ScriptedChildren {
  const children: ScriptedChild[] = [];

  function spawn(listener: ChildListener) {
    const sessions = new ChildSessions();
    const reader = new FrameReader(1e8);
    let state: 'alive' | 'hanging' | 'dead' = 'alive';
    const child: ScriptedChild = {
      number: children.length,
      heard: [],
      usage: { cpuMs: 0, rssBytes: 0 },
      isKilled: false,
      say: (bytes) => setImmediate(() => state === 'dead' || listener.onBytes(bytes)),
    };
    children.push(child);

    function exit(how: string): void {
      if (state === 'dead') return;
      state = 'dead';
      setImmediate(() => listener.onExit(how));
    }

    function hear({ json, text }: Required<Message>): void {
      const message = JSON.parse(json) as ToChild;
      if (state !== 'alive') return;
      child.heard.push(message.kind);
      const instead = options.behaviour?.(message, child);
      if (instead === 'hang') state = 'hanging';
      else if (instead === 'crash') exit('SIGSEGV');
      else if (instead !== undefined) for (const text of instead) child.say(rawFrame(text));
      else if (message.kind === 'load') {
        void answerLoad(message, text.toString('utf8')).then((answer) =>
          child.say(Buffer.concat(frameOf(answer))),
        );
      } else {
        const answer = sessions.handle(message, text);
        if (answer !== undefined) child.say(rawFrame(answer));
      }
    }

    if (options.starts?.(child.number) === false) exit('exit code 1');
    else child.say(rawFrame('{"kind":"ready"}'));
    return {
      send(bytes: Uint8Array) {
        for (const message of reader.read(Buffer.from(bytes))) hear(message);
      },
      kill() {
        child.isKilled = true;
        exit('SIGKILL');
      },
      usage: () => child.usage,
    };
  }

  return { spawn, children };
}
