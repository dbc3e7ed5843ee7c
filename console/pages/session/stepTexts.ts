import { texts } from '../../texts/language.ts';
import type { RowKind } from './steps.ts';

/** The names of the kinds of steps and effects. */
export const kindTexts = texts({
  en: {
    start: 'start',
    event: 'event',
    timer: 'timer',
    continue: 'own event',
    terminate: 'termination',
    send: 'send',
    timerCancelled: 'timer cancelled',
    invoke: 'invoke',
    uninvoke: 'invoke ended',
    module: 'action',
    answer: 'answer',
    log: 'log',
  },
  de: {
    start: 'Start',
    event: 'Ereignis',
    timer: 'Timer',
    continue: 'eigenes Ereignis',
    terminate: 'Abbruch',
    send: 'Senden',
    timerCancelled: 'Timer gelöscht',
    invoke: 'Aufruf',
    uninvoke: 'Aufruf beendet',
    module: 'Aktion',
    answer: 'Antwort',
    log: 'Log',
  },
});

export const ROW_KINDS: readonly RowKind[] = [
  'start',
  'event',
  'timer',
  'continue',
  'terminate',
  'send',
  'timerCancelled',
  'invoke',
  'uninvoke',
  'module',
  'answer',
  'log',
];
