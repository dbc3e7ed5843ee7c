import type { Datamodel } from '../datamodel/datamodel.ts';
import type { Document } from '../document/model.ts';
import type { Installation } from '../execution.ts';
import type { ConfigurationTable } from './configurationTable.ts';

/** A document that can run: its model and its compiled code. One serves all sessions of the document. */
export interface Program {
  readonly document: Document;
  readonly datamodel: Datamodel;
  readonly table: ConfigurationTable;
  /** Lists, options and special days that its sessions read. Absent: none. */
  readonly installation?: Installation;
}
