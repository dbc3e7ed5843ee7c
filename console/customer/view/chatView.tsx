import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { KeptChat } from '../chat.ts';
import type { Customer, CustomerState } from '../customer.ts';
import type { CustomerTexts, Language } from '../texts.ts';
import { FilePicker } from './filePicker.tsx';
import { LineView, UnsaidView } from './lineView.tsx';

/** Characters of a message, as the server has them. */
const MAX_TEXT = 8_192;

interface ChatProps {
  readonly customer: Customer;
  readonly state: CustomerState;
  readonly chat: KeptChat;
  readonly texts: CustomerTexts;
  readonly language: Language;
}

/** The chat: its lines, who types, and the field for a message. */
export function ChatView({ customer, state, chat, texts, language }: ChatProps): JSX.Element {
  const { typing, refusal } = state;
  return (
    <div class="oc-chat">
      <Transcript customer={customer} chat={chat} texts={texts} language={language} />
      <p class="oc-typing" role="status">
        {typing.length > 0 && texts.typing(typing.join(', '))}
      </p>
      {refusal !== undefined && (
        <p class="oc-refusal" role="alert">
          {refusal}
        </p>
      )}
      {chat.isEnded ? (
        <div class="oc-buttons">
          <p role="status">{texts.ended}</p>
          <button type="button" class="oc-primary" onClick={() => customer.reset()}>
            {texts.again}
          </button>
        </div>
      ) : (
        <Compose customer={customer} draft={state.draft} chat={chat} texts={texts} />
      )}
    </div>
  );
}

function Transcript({ customer, chat, texts, language }: Omit<ChatProps, 'state'>): JSX.Element {
  const end = useRef<HTMLDivElement>(null);
  const count = chat.lines.length + chat.unsaid.length;
  useEffect(() => {
    const { current } = end;
    if (current) current.scrollTop = current.scrollHeight;
  }, [count]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a person without a mouse scrolls it by the keyboard.
    <div class="oc-lines" role="log" aria-label={texts.messages} ref={end} tabIndex={0}>
      <ol>
        {chat.lines.map((line, index) => (
          <LineView
            key={line.index ?? index}
            line={line}
            hasFiles={chat.keys.secureKey !== undefined}
            customer={customer}
            texts={texts}
            language={language}
          />
        ))}
        {chat.unsaid.map((message) => (
          <UnsaidView
            key={message.id}
            message={message}
            isEnded={chat.isEnded}
            customer={customer}
            texts={texts}
          />
        ))}
      </ol>
    </div>
  );
}

function Compose({
  customer,
  draft,
  chat,
  texts,
}: {
  readonly customer: Customer;
  readonly draft: string;
  readonly chat: KeptChat;
  readonly texts: CustomerTexts;
}): JSX.Element {
  const [isLeaving, setLeaving] = useState(false);
  return (
    <form
      class="oc-compose"
      onSubmit={(event) => {
        event.preventDefault();
        customer.say();
      }}
    >
      <textarea
        aria-label={texts.message}
        placeholder={texts.message}
        rows={2}
        maxLength={MAX_TEXT}
        value={draft}
        onInput={(event) => customer.type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          customer.say();
        }}
      />
      <div class="oc-buttons">
        {chat.keys.secureKey !== undefined && <FilePicker customer={customer} texts={texts} />}
        <span class="oc-room" />
        {isLeaving ? (
          <>
            <span>{texts.leaveSurely}</span>
            <button type="button" onClick={() => setLeaving(false)}>
              {texts.back}
            </button>
            <button type="button" class="oc-danger" onClick={() => void customer.leave()}>
              {texts.leave}
            </button>
          </>
        ) : (
          <>
            <button type="button" onClick={() => setLeaving(true)}>
              {texts.leave}
            </button>
            <button type="submit" class="oc-primary" disabled={draft.trim() === ''}>
              {texts.send}
            </button>
          </>
        )}
      </div>
    </form>
  );
}
