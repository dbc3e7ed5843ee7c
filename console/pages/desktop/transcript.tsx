import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Conversation, Entry } from './conversation.ts';
import { t } from './deskTexts.ts';

/** The words of a chat. It stays at its end while the agent has not scrolled up. */
export function Transcript({ one }: { readonly one: Conversation }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const entries = one.entries.value;
  const outgoing = one.outgoing.value;
  useLayoutEffect(() => {
    if (isAtEnd.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [entries, outgoing]);
  const typing = one.typing.value;
  const isRead = one.saidAt.value > 0 && one.readTo.value >= one.saidAt.value;
  return (
    <>
      <div
        ref={list}
        class="desk-words"
        role="log"
        aria-label={t().chat}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          isAtEnd.current = scrollTop + clientHeight > scrollHeight - 40;
        }}
      >
        {entries.length === 0 && <p class="muted">{t().noWords}</p>}
        {entries.map((entry, at) => (
          // Entries are only added, at the end.
          <Words key={at} entry={entry} />
        ))}
        {outgoing.map(({ key, text }) => (
          <div key={key} class="desk-word agent">
            <p>{text}</p>
            <span class="muted">{t().sending}</span>
          </div>
        ))}
      </div>
      <p class="desk-typing muted">
        {typing !== undefined &&
          (typing.text === undefined ? t().typing(typing.name) : t().typingText(typing.name, typing.text))}
        {typing === undefined && isRead && t().read}
      </p>
    </>
  );
}

const SIDES: Readonly<Record<string, string>> = { CLIENT: 'client', AGENT: 'agent', SUPERVISOR: 'agent' };

function Words({ entry }: { readonly entry: Entry }): JSX.Element {
  const { type, party, text, visibility } = entry;
  const name = String(party.nickname ?? '');
  const isHidden = visibility === 'INT' || visibility === 'VIP';
  if (type !== 'Message.Text') {
    return (
      <p class="desk-notice muted">
        {name}: {noticeOf(entry)}
      </p>
    );
  }
  return (
    <div class={`desk-word ${SIDES[String(party.type)] ?? 'agent'} ${isHidden ? 'internal' : ''}`}>
      <span class="muted">
        {name}
        {isHidden && ` · ${t().internal}`}
      </span>
      <p>{text}</p>
    </div>
  );
}

function noticeOf({ type, text, userData }: Entry): string {
  const file = String((userData as Readonly<Record<string, unknown>> | undefined)?.['file-name'] ?? '');
  if (type === 'Notice.Joined') return t().joined;
  if (type === 'Notice.Left') return t().left;
  if (type === 'Notice.FileUploaded') return t().fileSent(file);
  if (type === 'Notice.FileDeleted') return t().fileDeleted(file);
  return text;
}
