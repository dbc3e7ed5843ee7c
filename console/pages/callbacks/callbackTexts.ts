import type { ReplyOf } from '../../api/operationTypes.ts';
import { texts } from '../../texts/language.ts';

export type CallbackRecord = ReplyOf<'GET /genesys/1/admin/callback/queues'>[string][number];
export type CallbackState = CallbackRecord['_callback_state'];

export const STATES: readonly CallbackState[] = [
  'SCHEDULED',
  'QUEUED',
  'ROUTING',
  'PROCESSING',
  'PAUSED',
  'COMPLETED',
];

export const callbackTexts = texts({
  en: {
    title: 'Callbacks',
    calendar: 'Calendar',
    all: 'All',
    state: 'State',
    id: 'Callback',
    service: 'Service',
    allServices: 'All services',
    number: 'Number',
    numberHint: 'The whole number, on all days',
    desired: 'Desired time',
    expires: 'Kept until',
    reason: 'Reason',
    session: 'Session',
    data: 'Data',
    days: 'Days',
    from: 'From',
    to: 'To',
    empty: 'No callback in this time.',
    moreOfNumber: (max: number) =>
      `The oldest ${max} callbacks of this number are shown. Later ones may be missing: choose their days instead.`,
    more: (names: string, max: number) =>
      `Of ${names} the list has the first ${max} by desired time. A shorter time shows the others.`,
    cancel: (count: number) => (count === 0 ? 'Cancel' : `Cancel ${count}`),
    cancelTitle: (count: number) => (count === 1 ? 'Cancel this callback?' : `Cancel ${count} callbacks?`),
    cancelText:
      'They end with this reason, and nobody calls these customers back. This cannot be undone. Callbacks that an agent has begun stay as they are.',
    done: (count: number) => `Cancelled: ${count}.`,
    refused: (count: number, message: string) => `Not cancelled: ${count}. The first: ${message}`,
    report: 'Report by reason…',
    reportTitle: 'Report of ended callbacks',
    reportText: 'A CSV file of all callbacks that ended with this reason, on all days.',
    reportHint: 'As it was written, for example CANCELLED_BY_ADMIN',
    reportGet: 'Get the report',
  },
  de: {
    title: 'Rückrufe',
    calendar: 'Kalender',
    all: 'Alle',
    state: 'Zustand',
    id: 'Rückruf',
    service: 'Dienst',
    allServices: 'Alle Dienste',
    number: 'Nummer',
    numberHint: 'Die ganze Nummer, an allen Tagen',
    desired: 'Gewünschte Zeit',
    expires: 'Aufbewahrt bis',
    reason: 'Grund',
    session: 'Session',
    data: 'Daten',
    days: 'Tage',
    from: 'Von',
    to: 'Bis',
    empty: 'Kein Rückruf in dieser Zeit.',
    moreOfNumber: (max: number) =>
      `Gezeigt werden die ${max} ältesten Rückrufe dieser Nummer. Spätere können fehlen: Wählen Sie ihre Tage.`,
    more: (names: string, max: number) =>
      `Von ${names} hat die Liste die ersten ${max} nach gewünschter Zeit. Eine kürzere Zeit zeigt die anderen.`,
    cancel: (count: number) => (count === 0 ? 'Stornieren' : `${count} stornieren`),
    cancelTitle: (count: number) =>
      count === 1 ? 'Diesen Rückruf stornieren?' : `${count} Rückrufe stornieren?`,
    cancelText:
      'Sie enden mit diesem Grund, und niemand ruft diese Kunden zurück. Das lässt sich nicht zurücknehmen. Rückrufe, mit denen ein Agent begonnen hat, bleiben, wie sie sind.',
    done: (count: number) => `Storniert: ${count}.`,
    refused: (count: number, message: string) => `Nicht storniert: ${count}. Der erste: ${message}`,
    report: 'Bericht nach Grund …',
    reportTitle: 'Bericht über beendete Rückrufe',
    reportText: 'Eine CSV-Datei aller Rückrufe, die mit diesem Grund geendet haben, an allen Tagen.',
    reportHint: 'Wie er geschrieben wurde, zum Beispiel CANCELLED_BY_ADMIN',
    reportGet: 'Bericht holen',
  },
});

/** The colour of the badge of a state. */
export const BADGES: Readonly<Record<CallbackState, string>> = {
  SCHEDULED: '',
  QUEUED: 'warn',
  ROUTING: 'warn',
  PROCESSING: 'good',
  PAUSED: 'bad',
  COMPLETED: '',
};
