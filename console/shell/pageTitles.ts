import { texts } from '../texts/language.ts';

/** The titles of all pages, for the navigation and the window. */
export const pageTitles = texts({
  en: {
    home: 'Start',
    callbacks: 'Callbacks',
    callbackCalendar: 'Calendar of callbacks',
    desktop: 'Desktop',
    session: 'Session',
    sessions: 'Sessions',
    traces: 'Traces',
    customer: 'Customer',
    services: 'Services',
    service: 'Service',
    templates: 'Templates',
    template: 'Template',
    configuration: 'Configuration',
    supervisor: 'Supervisor',
    health: 'Health',
  },
  de: {
    home: 'Start',
    callbacks: 'Rückrufe',
    callbackCalendar: 'Kalender der Rückrufe',
    desktop: 'Arbeitsplatz',
    session: 'Session',
    sessions: 'Sessions',
    traces: 'Spuren',
    customer: 'Kunde',
    services: 'Services',
    service: 'Service',
    templates: 'Vorlagen',
    template: 'Vorlage',
    configuration: 'Konfiguration',
    supervisor: 'Leitstand',
    health: 'Zustand',
  },
});
