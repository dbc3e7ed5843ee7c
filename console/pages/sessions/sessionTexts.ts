import type { ReplyOf } from '../../api/operationTypes.ts';
import { texts } from '../../texts/language.ts';

export type FoundSession = ReplyOf<'GET /genesys/1/admin/sessions/search'>['sessions'][number];
export type Status = FoundSession['status'];

export const STATUSES: readonly Status[] = [
  'running',
  'scheduled',
  'setAside',
  'failed',
  'completed',
  'terminated',
];

export const sessionTexts = texts({
  en: {
    title: 'Sessions',
    all: 'All',
    waiting: 'Waiting customers',
    running: 'Running',
    scheduled: 'Scheduled',
    setAside: 'Set aside',
    failed: 'Failed',
    completed: 'Completed',
    terminated: 'Terminated',
    status: 'Status',
    id: 'Session',
    states: 'Active states',
    document: 'Document',
    version: 'Version',
    age: 'Age',
    started: 'Started',
    ended: 'Ended',
    service: 'Service',
    serviceState: 'Service state',
    customer: 'Customer',
    customerHint: 'gms_user, number or another property, whole',
    reason: 'Reason',
    allDocuments: 'All documents',
    paused: 'Hold the list still',
    empty: 'No session matches.',
    more: (shown: number, all: number) =>
      `The list has the ${shown} latest of ${all} sessions. Filter for others.`,
    terminate: (count: number) => (count === 0 ? 'Terminate' : `Terminate ${count}`),
    retry: (count: number) => (count === 0 ? 'Retry' : `Retry ${count}`),
    terminateTitle: (count: number) => `Terminate ${count} sessions?`,
    terminateText:
      'They end at once, and their customers are no longer served by them. This cannot be undone.',
    retryTitle: (count: number) => `Retry ${count} sessions?`,
    retryText: 'The server tries again to restore them. Events that waited for them follow.',
    done: (count: number) => (count === 1 ? 'Done: 1 session.' : `Done: ${count} sessions.`),
    refused: (count: number, message: string) =>
      count === 1 ? `Refused: ${message}` : `Refused: ${count} sessions. The first: ${message}`,
  },
  de: {
    title: 'Sessions',
    all: 'Alle',
    waiting: 'Wartende Kunden',
    running: 'Laufend',
    scheduled: 'Geplant',
    setAside: 'Zurückgestellt',
    failed: 'Gescheitert',
    completed: 'Beendet',
    terminated: 'Abgebrochen',
    status: 'Status',
    id: 'Session',
    states: 'Aktive Zustände',
    document: 'Dokument',
    version: 'Version',
    age: 'Alter',
    started: 'Beginn',
    ended: 'Ende',
    service: 'Dienst',
    serviceState: 'Zustand des Dienstes',
    customer: 'Kunde',
    customerHint: 'gms_user, Nummer oder andere Eigenschaft, ganz',
    reason: 'Grund',
    allDocuments: 'Alle Dokumente',
    paused: 'Liste anhalten',
    empty: 'Keine Session passt.',
    more: (shown: number, all: number) =>
      `Die Liste hat die ${shown} neuesten von ${all} Sessions. Filter zeigen andere.`,
    terminate: (count: number) => (count === 0 ? 'Abbrechen' : `${count} abbrechen`),
    retry: (count: number) => (count === 0 ? 'Wiederholen' : `${count} wiederholen`),
    terminateTitle: (count: number) => `${count} Sessions abbrechen?`,
    terminateText: 'Sie enden sofort und bedienen ihre Kunden nicht mehr. Das lässt sich nicht zurücknehmen.',
    retryTitle: (count: number) => `${count} Sessions wiederholen?`,
    retryText: 'Der Server versucht noch einmal, sie herzustellen. Ereignisse, die auf sie warten, folgen.',
    done: (count: number) => (count === 1 ? 'Erledigt: 1 Session.' : `Erledigt: ${count} Sessions.`),
    refused: (count: number, message: string) =>
      count === 1 ? `Abgelehnt: ${message}` : `Abgelehnt: ${count} Sessions. Die erste: ${message}`,
  },
});

export function statusText(status: Status): string {
  return sessionTexts()[status];
}
