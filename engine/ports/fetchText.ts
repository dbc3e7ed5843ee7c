/**
 * Reads the text of a document, an include or a script. Rejects with an Error whose message names the URL.
 */
export type FetchText = (url: URL) => Promise<string>;
