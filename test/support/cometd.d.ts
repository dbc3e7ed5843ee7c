/** The npm package ships no types for its extensions. */
declare module 'cometd/AckExtension.js' {
  import type { Extension } from 'cometd';

  export class AckExtension implements Extension {}
}
