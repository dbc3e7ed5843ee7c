import { assertNever } from '../../ports/index.ts';
import { sendFailed } from '../content/sendFailed.ts';
import type { Effect, SendEffect } from '../effects.ts';
import type { UntypedEvent } from '../event.ts';
import type { OutwardEffect, Receiver, Session } from './contract.ts';
import type { Family } from './family.ts';
import { invokedStart } from './invokedSession.ts';
import type { InvokedSessions } from './invokedSessions.ts';
import { notPerformed } from './notPerformed.ts';
import type { SessionListeners } from './sessionListeners.ts';
import type { SessionTimers } from './sessionTimers.ts';

/** A session whose effects are performed. */
export interface EffectSession extends Session, Receiver {
  /** This session, one of its family, or one of its directory. */
  reach(id: string): Receiver | undefined;
}

export interface SessionEffectsParts {
  readonly session: EffectSession;
  readonly family: Family;
  readonly timers: SessionTimers;
  readonly listeners: SessionListeners;
  readonly invoked: InvokedSessions;
  /** The session that invoked this one. */
  readonly invoker: { readonly sessionId: string; readonly invokeId: string } | undefined;
}

/** Performs the effects of one session inside the process, or hands them to the port or to the listeners. */
export class SessionEffects {
  readonly #parts: SessionEffectsParts;

  constructor(parts: SessionEffectsParts) {
    this.#parts = parts;
  }

  perform(effect: Effect): void {
    const { session, timers, invoked, listeners } = this.#parts;
    switch (effect.kind) {
      case 'arm':
        timers.arm(effect.key, effect.dueAt);
        return;
      case 'disarm':
        timers.disarm(effect.key);
        return;
      case 'send':
        if (effect.type === 'scxml') this.#send(effect);
        else this.#performOutside(effect);
        return;
      case 'invoke':
        invoked.add(invokedStart(effect));
        return;
      case 'uninvoke':
        invoked.cancel(effect.invokedId);
        return;
      case 'module':
        this.#performOutside(effect);
        return;
      case 'respond':
      case 'log':
        listeners.tellEffect(effect, session);
        return;
      default:
        assertNever(effect);
    }
  }

  #send(effect: SendEffect): void {
    const { session } = this.#parts;
    const target = session.reach(effect.target);
    if (target) target.take({ kind: 'event', event: this.#eventFor(effect) });
    else session.take({ kind: 'event', event: sendFailed(session.document.dialect, effect) });
  }

  /** W3C 6.4: every event of an invoked session to its invoking session has the id of the invoke. */
  #eventFor({ event, target }: SendEffect): UntypedEvent {
    const { invoker } = this.#parts;
    if (event.invokeid !== undefined || target !== invoker?.sessionId) return event;
    return { ...event, invokeid: invoker.invokeId };
  }

  #performOutside(effect: OutwardEffect): void {
    const { session, family, listeners } = this.#parts;
    const { perform } = family.ports;
    listeners.tellEffect(effect, session);
    if (perform) listeners.guard(() => perform(effect, session));
    else if (!listeners.hearsEffects) {
      session.take({ kind: 'event', event: notPerformed(session.document.dialect, effect) });
    }
  }
}
