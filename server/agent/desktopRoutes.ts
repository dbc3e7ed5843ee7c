import type Router from '@koa/router';
import type { Context } from 'koa';
import { defined, type Json, textOf } from '../../engine/ports/index.ts';
import { replyJson } from '../middleware/index.ts';
import { cannedTextsFor, type DesktopSettings } from './desktopSettings.ts';

export interface DesktopRouteDeps {
  /** The present section `desktop` of the configuration. */
  readonly desktop: () => DesktopSettings;
}

/** The texts and codes that the installation gives to desktops. */
export class DesktopRoutes {
  readonly #desktop: () => DesktopSettings;

  constructor(deps: DesktopRouteDeps) {
    this.#desktop = deps.desktop;
  }

  register(router: Router): void {
    router.get('/agent/1/cannedTexts', async (ctx) => this.#listTexts(ctx));
    router.get('/agent/1/settings', async (ctx) => this.#showSettings(ctx));
  }

  #listTexts(ctx: Context): void {
    const { cannedTexts } = this.#desktop();
    const { group, language } = ctx.state.query;
    const found = cannedTextsFor(cannedTexts, { group: named(group), language: named(language) });
    replyJson(ctx, {
      groups: distinct(cannedTexts.map((text) => text.group)),
      languages: distinct(cannedTexts.map((text) => text.language)),
      texts: found.map(({ id, title, text, group: own, language: tag }) =>
        defined({ id, title, group: own, language: tag, text }),
      ),
    });
  }

  #showSettings(ctx: Context): void {
    const { notReadyReasons, dispositions, afterWork } = this.#desktop();
    replyJson(ctx, {
      notReadyReasons: notReadyReasons.map(({ code, text }) => ({ code, text })),
      dispositions: dispositions.map(({ code, text }) => ({ code, text })),
      afterWork: { seconds: afterWork.seconds, disposition: afterWork.disposition },
    });
  }
}

function named(value: Json | undefined): string | undefined {
  const text = textOf(value);
  return text === '' ? undefined : text;
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}
