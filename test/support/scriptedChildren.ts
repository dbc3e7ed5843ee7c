import type { ChildListener, ChildUsage, SpawnChild } from '../../engine/host/children/childProcess.ts';
import { createChildSessions } from '../../engine/host/children/childSessions.ts';
import { createFrameReader } from '../../engine/host/children/frames.ts';
import type { ToChild } from '../../engine/host/children/messages.ts';
import { rawFrame } from './rawFrame.ts';

/** What a child does with a message instead of answering it truly: texts to say, silence, or its end. */
export type Behaviour = (
  message: ToChild,
  child: ScriptedChild,
) => readonly string[] | 'hang' | 'crash' | undefined;

export interface ScriptedChild {
  readonly number: number;
  /** Kinds of the messages that came. */
  readonly heard: string[];
  usage: ChildUsage | undefined;
  /** Number of the call that it says it is at. */
  workingAt: number | undefined;
  isKilled: boolean;
  /** Says bytes of its own accord. */
  say(bytes: Uint8Array): void;
}

export interface ScriptedChildren {
  readonly spawn: SpawnChild;
  readonly children: ScriptedChild[];
}

/**
 * Children without processes: the real engine in this one, with a behaviour before it. They answer in a later
 * turn of the event loop, as processes do.
 */
export function createScriptedChildren(options: {
  readonly behaviour?: Behaviour;
  /** False: it ends before it is ready. */
  readonly starts?: (number: number) => boolean;
}): ScriptedChildren {
  const children: ScriptedChild[] = [];

  function spawn(listener: ChildListener) {
    const sessions = createChildSessions();
    const read = createFrameReader(1e8);
    let state: 'alive' | 'hanging' | 'dead' = 'alive';
    const child: ScriptedChild = {
      number: children.length,
      heard: [],
      usage: { cpuMs: 0, rssBytes: 0 },
      workingAt: undefined,
      isKilled: false,
      say: (bytes) => setImmediate(() => state === 'dead' || listener.onBytes(bytes)),
    };
    children.push(child);

    function exit(how: string): void {
      if (state === 'dead') return;
      state = 'dead';
      setImmediate(() => listener.onExit(how));
    }

    function hear(message: ToChild): void {
      if (state !== 'alive') return;
      child.heard.push(message.kind);
      const instead = options.behaviour?.(message, child);
      if (instead === 'hang') state = 'hanging';
      else if (instead === 'crash') exit('SIGSEGV');
      else if (instead !== undefined) child.say(rawFrame(`[${instead.join(',')}]`));
      else {
        const answer = sessions.handle(message);
        if (answer !== undefined) child.say(rawFrame(`[${answer.text}]`, answer.kept));
      }
    }

    if (options.starts?.(child.number) === false) exit('exit code 1');
    else child.say(rawFrame('[{"kind":"ready"}]'));
    return {
      send(bytes: Uint8Array, isSent: () => void) {
        for (const { text } of read(bytes))
          for (const message of JSON.parse(text) as ToChild[]) hear(message);
        // What still read it would find something else.
        bytes.fill(0);
        isSent();
      },
      kill() {
        child.isKilled = true;
        exit('SIGKILL');
      },
      usage: () => child.usage,
      workingAt: () => child.workingAt,
    };
  }

  return { spawn, children };
}
