export type Language = 'en' | 'de';

/** The texts of the customer's pages. Dialogs of the service come in the language of the service. */
export interface CustomerTexts {
  readonly begin: string;
  readonly when: string;
  readonly now: string;
  readonly choose: string;
  readonly required: string;
  readonly starting: string;
  readonly waiting: string;
  readonly place: (position: number, total: number) => string;
  readonly soon: string;
  readonly estimate: (minutes: number) => string;
  readonly roughEstimate: (minutes: number) => string;
  readonly scheduled: (time: string) => string;
  readonly move: string;
  readonly moveTo: string;
  readonly save: string;
  readonly back: string;
  readonly noTimes: string;
  readonly cancel: string;
  readonly near: string;
  readonly opening: string;
  readonly messages: string;
  readonly message: string;
  readonly send: string;
  readonly leave: string;
  readonly leaveSurely: string;
  readonly ended: string;
  readonly again: string;
  readonly you: string;
  readonly service: string;
  readonly joined: (name: string) => string;
  readonly left: (name: string) => string;
  readonly typing: (names: string) => string;
  readonly sending: string;
  readonly refused: (reason: string) => string;
  readonly notSaid: string;
  readonly takeBack: string;
  readonly attach: string;
  readonly fileLimits: (files: number, size: string, types: string) => string;
  readonly noFiles: string;
  readonly fileTooLarge: (size: string) => string;
  readonly uploading: string;
  readonly file: string;
  readonly fileDeleted: string;
  readonly idle: string;
  readonly offline: string;
  readonly online: string;
  readonly over: string;
  readonly reasons: Readonly<Record<string, string>>;
  readonly open: string;
  readonly close: string;
  readonly unread: (count: number) => string;
  readonly badUrl: string;
}

const EN: CustomerTexts = {
  begin: 'Start',
  when: 'When?',
  now: 'As soon as possible',
  choose: 'Please choose',
  required: 'required',
  starting: 'Your request is being sent …',
  waiting: 'Waiting for an agent',
  place: (position, total) => `You are number ${position} of ${total}.`,
  soon: 'It will take less than a minute.',
  estimate: (minutes) => `It will take about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
  roughEstimate: (minutes) => `It may take about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
  scheduled: (time) => `Your chat is planned for ${time}.`,
  move: 'Another time',
  moveTo: 'New time',
  save: 'Save',
  back: 'Back',
  noTimes: 'There are no free times.',
  cancel: 'Cancel the request',
  near: 'An agent is available.',
  opening: 'The chat is being opened …',
  messages: 'Messages',
  message: 'Your message',
  send: 'Send',
  leave: 'End chat',
  leaveSurely: 'End the chat now?',
  ended: 'The chat has ended.',
  again: 'New request',
  you: 'You',
  service: 'Service',
  joined: (name) => `${name} has joined the chat.`,
  left: (name) => `${name} has left the chat.`,
  typing: (names) => `${names} is typing …`,
  sending: 'being sent …',
  refused: (reason) => `Not sent: ${reason}`,
  notSaid: 'Not sent.',
  takeBack: 'Take back',
  attach: 'Send a file',
  fileLimits: (files, size, types) => `${files} more, up to ${size} each${types && `: ${types}`}`,
  noFiles: 'No more files can be sent.',
  fileTooLarge: (size) => `The file is larger than ${size}.`,
  uploading: 'The file is being sent …',
  file: 'File',
  fileDeleted: 'A file was deleted.',
  idle: 'Are you still there? The chat ends soon if nothing is written.',
  offline: 'No connection. It is tried again all the time, and your messages are kept.',
  online: 'Connected again.',
  over: 'Your request has ended.',
  reasons: {
    CANCELLED: 'Your request was cancelled.',
    EXPIRED: 'Your request has expired.',
    FAIL_USER_NO_CONFIRM: 'You did not confirm in time.',
    FAIL_TIMEOUT_TTL: 'No agent was available in time.',
    FAIL_TARGET_NOT_FOUND: 'No agent is available.',
    FAIL_AGENT_CONNECT: 'No agent could be connected.',
  },
  open: 'Chat with us',
  close: 'Close',
  unread: (count) => `${count} new`,
  badUrl: 'An address that cannot be opened:',
};

const DE: CustomerTexts = {
  begin: 'Starten',
  when: 'Wann?',
  now: 'So bald wie möglich',
  choose: 'Bitte wählen',
  required: 'Pflichtfeld',
  starting: 'Ihre Anfrage wird gesendet …',
  waiting: 'Sie warten auf einen Mitarbeiter',
  place: (position, total) => `Sie sind Nummer ${position} von ${total}.`,
  soon: 'Es dauert weniger als eine Minute.',
  estimate: (minutes) => `Es dauert etwa ${minutes} ${minutes === 1 ? 'Minute' : 'Minuten'}.`,
  roughEstimate: (minutes) => `Es könnte etwa ${minutes} ${minutes === 1 ? 'Minute' : 'Minuten'} dauern.`,
  scheduled: (time) => `Ihr Chat ist geplant für ${time}.`,
  move: 'Andere Zeit',
  moveTo: 'Neue Zeit',
  save: 'Speichern',
  back: 'Zurück',
  noTimes: 'Es gibt keine freien Zeiten.',
  cancel: 'Anfrage abbrechen',
  near: 'Ein Mitarbeiter ist frei.',
  opening: 'Der Chat wird geöffnet …',
  messages: 'Nachrichten',
  message: 'Ihre Nachricht',
  send: 'Senden',
  leave: 'Chat beenden',
  leaveSurely: 'Den Chat jetzt beenden?',
  ended: 'Der Chat ist beendet.',
  again: 'Neue Anfrage',
  you: 'Sie',
  service: 'Service',
  joined: (name) => `${name} ist im Chat.`,
  left: (name) => `${name} hat den Chat verlassen.`,
  typing: (names) => `${names} schreibt …`,
  sending: 'wird gesendet …',
  refused: (reason) => `Nicht gesendet: ${reason}`,
  notSaid: 'Nicht gesendet.',
  takeBack: 'Zurücknehmen',
  attach: 'Datei senden',
  fileLimits: (files, size, types) => `noch ${files}, je bis ${size}${types && `: ${types}`}`,
  noFiles: 'Es können keine Dateien mehr gesendet werden.',
  fileTooLarge: (size) => `Die Datei ist größer als ${size}.`,
  uploading: 'Die Datei wird gesendet …',
  file: 'Datei',
  fileDeleted: 'Eine Datei wurde gelöscht.',
  idle: 'Sind Sie noch da? Der Chat endet bald, wenn nichts geschrieben wird.',
  offline: 'Keine Verbindung. Es wird weiter versucht, und Ihre Nachrichten bleiben erhalten.',
  online: 'Wieder verbunden.',
  over: 'Ihre Anfrage ist beendet.',
  reasons: {
    CANCELLED: 'Ihre Anfrage wurde abgebrochen.',
    EXPIRED: 'Ihre Anfrage ist abgelaufen.',
    FAIL_USER_NO_CONFIRM: 'Sie haben nicht rechtzeitig bestätigt.',
    FAIL_TIMEOUT_TTL: 'In der Zeit war kein Mitarbeiter frei.',
    FAIL_TARGET_NOT_FOUND: 'Es ist kein Mitarbeiter frei.',
    FAIL_AGENT_CONNECT: 'Es konnte kein Mitarbeiter verbunden werden.',
  },
  open: 'Mit uns chatten',
  close: 'Schließen',
  unread: (count) => `${count} neu`,
  badUrl: 'Eine Adresse, die nicht geöffnet werden kann:',
};

export function customerTexts(language: Language): CustomerTexts {
  return language === 'de' ? DE : EN;
}

/** The language of a tag such as `de-AT`; English for all others. */
export function languageOf(tag: string | undefined): Language {
  return tag?.toLowerCase().startsWith('de') === true ? 'de' : 'en';
}
