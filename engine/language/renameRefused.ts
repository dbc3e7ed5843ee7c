/** A rename that is not possible; the message is for the editor. */
export class RenameRefused extends Error {}
