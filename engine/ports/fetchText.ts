/**
 * Reads the text of a document, an include or a script. Rejects with an Error whose message names the URL.
 */
export type FetchText = (url: URL) => Promise<string>;

/**
 * Tells when texts need not be read again. It is called before they are read; the function that it returns is
 * called with their URLs after that. `holds()` is true as long as a further read would find the same texts.
 */
export type WatchTexts = () => (urls: readonly URL[]) => { holds(): boolean };
