import { signal } from '@preact/signals';
import { call } from '../../api/call.ts';
import type { StreamedEvent } from '../../api/events.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { tell, tellFailure } from '../../parts/toasts.tsx';
import { Conversation, type Offer } from './conversation.ts';
import { t } from './deskTexts.ts';

export type Agent = ReplyOf<'GET /agent/1/agents/:agentId'>;
export type AgentStates = Pick<Agent, 'state' | 'reason' | 'mediaStates'>;

interface DesktopEvent extends AgentStates {
  readonly interactionId?: string;
  readonly media?: string;
  readonly expiresAt?: number;
  readonly invitation?: Offer['invitation'];
  readonly reason?: string;
  readonly agentId?: string;
  readonly result?: string;
  readonly party?: { readonly nickname?: string; readonly type?: string };
  readonly started?: boolean;
  readonly preview?: string;
  readonly position?: number;
}

/** Events after which an interaction is read again. */
const CHANGES: ReadonlySet<string> = new Set([
  ...['accepted', 'joined', 'left', 'transferred', 'ended', 'wrapup', 'message', 'customerLeft'],
  ...['userData', 'notice', 'pushUrl', 'file', 'nickname', 'invitation'],
]);

/** The desktop of one agent, which follows the events of the agent. */
export class Desk {
  readonly agentId: string;
  readonly states = signal<AgentStates | undefined>(undefined);
  readonly isRemoved = signal(false);
  /** In the order in which they came. */
  readonly conversations = signal<readonly Conversation[]>([]);

  constructor(agentId: string) {
    this.agentId = agentId;
  }

  /** Reads the interactions that the agent has. Offers come as events, which have the end of their time. */
  async load(): Promise<void> {
    const known = this.conversations.value;
    const found = await call('GET /agent/1/agents/:agentId/interactions', {
      path: { agentId: this.agentId },
    });
    const live = found.filter(({ state }) => state !== 'ended');
    const ids = new Set(live.map(({ interactionId }) => interactionId));
    for (const { interactionId, state, media } of live) {
      if (state === 'offered') continue;
      const one = this.#conversation(interactionId);
      one.media.value = media;
      one.offer.value = undefined;
      await one.read();
    }
    for (const one of known.filter(({ id }) => !ids.has(id))) await this.#check(one);
  }

  take({ type, data }: StreamedEvent): void {
    const event = data as DesktopEvent;
    if (type === 'state') this.states.value = event;
    else if (type === 'removed') this.isRemoved.value = true;
    else if (type === 'reload') void this.load().catch(tellFailure);
    else if (event.interactionId !== undefined) this.#takeOf(event.interactionId, type, event);
  }

  forget(id: string): void {
    this.conversations.value = this.conversations.value.filter((one) => one.id !== id);
  }

  /** An interaction that the agent no longer has: it has ended, or somebody else has it. */
  async #check(one: Conversation): Promise<void> {
    if (one.offer.value === undefined) await one.read();
    if (one.state !== 'ended') this.forget(one.id);
  }

  #takeOf(id: string, type: string, event: DesktopEvent): void {
    if (type === 'withdrawn') {
      // The answer of the agent itself needs no words.
      if (event.reason !== 'rejected' && event.reason !== 'left') tell(t().withdrawn(event.reason ?? ''));
      this.forget(id);
      return;
    }
    if (type === 'completed') {
      this.forget(id);
      return;
    }
    const one = this.#conversation(id);
    if (type === 'offered') {
      one.media.value = event.media ?? '';
      one.offer.value = {
        expiresAt: event.expiresAt ?? 0,
        ...(event.invitation === undefined ? {} : { invitation: event.invitation }),
      };
    } else if (type === 'typing') {
      const name = event.party?.nickname ?? t().customer;
      one.typing.value =
        event.started === true
          ? { name, ...(event.preview === undefined ? {} : { text: event.preview }) }
          : undefined;
    } else if (type === 'read') {
      one.readTo.value = event.position ?? 0;
    } else if (CHANGES.has(type)) {
      if (type === 'accepted') one.offer.value = undefined;
      if (type === 'message') one.typing.value = undefined;
      if (type === 'invitation' && event.agentId !== undefined && event.result !== undefined) {
        one.invited.value = { agentId: event.agentId, result: event.result };
      }
      void one.read();
    }
  }

  #conversation(id: string): Conversation {
    const known = this.conversations.value.find((one) => one.id === id);
    if (known !== undefined) return known;
    const made = new Conversation(this.agentId, id);
    this.conversations.value = [...this.conversations.value, made];
    return made;
  }
}
