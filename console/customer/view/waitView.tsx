import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Customer } from '../customer.ts';
import type { Dialog, DialogItem } from '../dialog.ts';
import type { CustomerTexts, Language } from '../texts.ts';
import type { KeptWait, Place } from '../waiting.ts';
import { showTime, TimeChoice } from './timeChoice.tsx';

interface WaitProps {
  readonly customer: Customer;
  readonly wait: KeptWait;
  readonly refusal: string | undefined;
  readonly texts: CustomerTexts;
  readonly language: Language;
}

/** The wait for an agent: the place in the queue, the dialogs of the service, and the way out. */
export function WaitView({ customer, wait, refusal, texts, language }: WaitProps): JSX.Element {
  const { dialog, place, scheduledFor, notice, isNear, isReady } = wait;
  const offersCancel = dialog?.groups.some(({ items }) => items.some(({ request }) => request === 'cancel'));
  const isWaiting = isReady !== true && isNear !== true;
  return (
    <div class="oc-wait">
      <div role="status">
        <h3>{isReady === true ? texts.opening : isNear === true ? texts.near : texts.waiting}</h3>
        {scheduledFor !== undefined && <p>{texts.scheduled(showTime(scheduledFor, language))}</p>}
        {isWaiting && place !== undefined && place.position > 0 && <PlaceView place={place} texts={texts} />}
        {notice !== undefined && <p>{notice}</p>}
      </div>
      {dialog !== undefined && isReady !== true && <DialogView dialog={dialog} customer={customer} />}
      {refusal !== undefined && (
        <p class="oc-refusal" role="alert">
          {refusal}
        </p>
      )}
      {isReady !== true && (
        <div class="oc-buttons">
          {scheduledFor !== undefined && place === undefined && (
            <MoveView customer={customer} texts={texts} language={language} />
          )}
          {!offersCancel && (
            <button type="button" onClick={() => void customer.cancel()}>
              {texts.cancel}
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function PlaceView({ place, texts }: { readonly place: Place; readonly texts: CustomerTexts }): JSX.Element {
  const { position, total, eta, isRough } = place;
  const minutes = eta === undefined ? undefined : Math.ceil(eta / 60);
  return (
    <>
      <p class="oc-place">{texts.place(position, Math.max(total, position))}</p>
      {minutes !== undefined && (
        <p>
          {minutes < 1 && texts.soon}
          {minutes >= 1 && (isRough === true ? texts.roughEstimate(minutes) : texts.estimate(minutes))}
        </p>
      )}
    </>
  );
}

/** A dialog of the service: its text, and a button for each choice. */
function DialogView({
  dialog,
  customer,
}: {
  readonly dialog: Dialog;
  readonly customer: Customer;
}): JSX.Element {
  const [notice, setNotice] = useState('');
  const choose = (item: DialogItem): void => {
    setNotice(item.notice ?? '');
    void customer.choose(item.request);
  };
  return (
    <div class="oc-dialog">
      <p aria-live="polite">{dialog.text}</p>
      {notice !== '' && <p>{notice}</p>}
      {dialog.groups.map((group) => (
        <div key={group.name} class="oc-choices">
          {group.name !== '' && <p>{group.name}</p>}
          {group.items.map((item, index) =>
            item.phone === undefined ? (
              <button
                key={item.label}
                type="button"
                class={index === 0 ? 'oc-primary' : ''}
                onClick={() => choose(item)}
              >
                {item.label}
              </button>
            ) : (
              <a key={item.label} href={`tel:${item.phone.replace(/[ ()-]/g, '')}`}>
                {item.label}
              </a>
            ),
          )}
        </div>
      ))}
    </div>
  );
}

/** Another time for a callback that has not begun. */
function MoveView({
  customer,
  texts,
  language,
}: {
  readonly customer: Customer;
  readonly texts: CustomerTexts;
  readonly language: Language;
}): JSX.Element {
  const [times, setTimes] = useState<readonly number[] | undefined>(undefined);
  if (times === undefined) {
    const ask = (): void => void customer.freeTimes().then(setTimes, () => setTimes([]));
    return (
      <button type="button" onClick={ask}>
        {texts.move}
      </button>
    );
  }
  return (
    <form
      class="oc-form"
      onSubmit={(event) => {
        event.preventDefault();
        const time = Date.parse(String(new FormData(event.currentTarget).get('time') ?? ''));
        if (Number.isFinite(time)) void customer.reschedule(time);
        setTimes(undefined);
      }}
    >
      {times.length === 0 ? (
        <p>{texts.noTimes}</p>
      ) : (
        <TimeChoice name="time" label={texts.moveTo} times={times} language={language} />
      )}
      <div class="oc-buttons">
        <button type="button" onClick={() => setTimes(undefined)}>
          {texts.back}
        </button>
        {times.length > 0 && (
          <button type="submit" class="oc-primary">
            {texts.save}
          </button>
        )}
      </div>
    </form>
  );
}
