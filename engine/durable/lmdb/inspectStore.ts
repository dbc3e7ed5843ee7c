import { basename } from 'node:path';
import { StoreDamagedError } from '../index.ts';
import { decodeHead, type JournalHead } from './journalHead.ts';
import { type FoundJournal, JournalError, readSegments } from './readSegments.ts';
import { readableName } from './recordNames.ts';
import { sealOf, unsealValue } from './sealedValues.mjs';
import { readIfPresent, type StoreFiles } from './storeFiles.ts';
import { visitTree } from './treeFile.ts';
import { changedDigest, decodeMark, MARK_NAME, type TreeMark } from './treeMark.mjs';

/** Limit of damaged records that are named. The others are counted. */
const MAX_NAMED = 1_000;
const NO_BYTES = Buffer.alloc(0);

/** Something in a file that is not what was written. */
export interface StoreProblem {
  /** Name of the file. */
  readonly file: string;
  readonly text: string;
}

/** The content of a store's files, read without lmdb. Nothing is changed. */
export interface Inspection {
  /** `new`: there is no store yet. `old`: from a release without checksums. */
  readonly format: 'new' | 'old' | 'present';
  /** The mark of the tree; undefined when the format is not `present`, or the mark is damaged. */
  readonly mark: TreeMark | undefined;
  readonly head: JournalHead | undefined;
  /** Undefined when the mark or the head is damaged. */
  readonly journal: FoundJournal | undefined;
  /** Number of records in the tree that are what was written. */
  readonly records: number;
  /** Limit from below of the number of records in doubt. */
  readonly doubtful: number;
  readonly problems: readonly StoreProblem[];
}

const NEW: Inspection = {
  format: 'new',
  mark: undefined,
  head: undefined,
  journal: undefined,
  records: 0,
  doubtful: 0,
  problems: [],
};

/**
 * Reads all files of a store and checks them. `visit` gets each sound record of the tree. Throws JournalError
 * when the files are of different stores.
 */
export function inspectStore(
  files: StoreFiles,
  visit: (name: Buffer, text: Buffer) => void = () => {},
): Inspection {
  const tree = inspectTree(files.tree, visit);
  const headBytes = readIfPresent(files.head);
  const head = headBytes === undefined ? undefined : decodeHead(headBytes);
  const isUnused = tree.isEmpty && files.segments.every((path) => (readIfPresent(path)?.length ?? 0) === 0);
  // A crash in the first moments of a store may leave an empty head.
  const isHeadSound = head !== undefined || (headBytes ?? NO_BYTES).every((byte) => byte === 0 && isUnused);
  const isUsed = head !== undefined && head.state !== 'new' && head.state !== 'migrating';
  // The mark is written after the head: without a mark, a head that is in use had one.
  if (tree.mark === undefined && isHeadSound && !isUsed) {
    if (isUnused || head?.state === 'new') return { ...NEW, head };
    const { records, doubtful, structure: problems } = tree;
    return { ...NEW, format: 'old', head, records, doubtful, problems };
  }

  const problems = [...tree.structure, ...tree.damaged];
  if (tree.mark === undefined && tree.structure.length === 0) {
    problems.push({ file: basename(files.tree), text: 'it is missing, or is empty' });
  }
  if (head === undefined) {
    const text = headBytes === undefined ? 'it is missing' : 'it is not what was written';
    problems.push({ file: basename(files.head), text });
  }
  if (tree.mark === undefined || head === undefined) {
    const { mark, records, doubtful } = tree;
    return { format: 'present', mark, head, journal: undefined, records, doubtful, problems };
  }
  if (isUsed && head.store !== tree.mark.store) {
    throw new JournalError(
      'The head of the journal belongs to another store. Restore all files from one backup.',
    );
  }
  const journal = inspectJournal(files, { mark: tree.mark, head });
  return {
    format: 'present',
    mark: tree.mark,
    head,
    journal: journal.found,
    records: tree.records,
    doubtful: tree.doubtful + journal.doubtful,
    problems: [...problems, ...journal.problems],
  };
}

/** Throws StoreDamagedError when something is not what was written. */
export function requireSound(path: string, { problems, doubtful }: Inspection): void {
  if (problems.length === 0) return;
  const shown = problems.slice(0, 10).map(({ file, text }) => `  ${file}: ${text}`);
  const more = problems.length > shown.length ? [`  and ${problems.length - shown.length} more`] : [];
  throw new StoreDamagedError(
    [
      `The store in '${path}' is damaged; at least ${Math.max(1, doubtful)} record(s) are in doubt:`,
      ...shown,
      ...more,
      "The server does not start, and nothing was changed. Restore a backup ('orsay store restore'), or keep what " +
        "is sound with 'orsay store repair'.",
    ].join('\n'),
  );
}

interface InspectedTree {
  readonly mark: TreeMark | undefined;
  readonly isEmpty: boolean;
  readonly records: number;
  readonly doubtful: number;
  /** Problems of the file's structure. */
  readonly structure: readonly StoreProblem[];
  /** Records without their checksum. All, in a store of the old format. */
  readonly damaged: readonly StoreProblem[];
}

/** Reads and checks the tree in a file. `visit` gets each sound record. */
export function inspectTree(
  path: string,
  visit: (name: Buffer, text: Buffer) => void = () => {},
): InspectedTree {
  const file = basename(path);
  const structure: StoreProblem[] = [];
  const damaged: StoreProblem[] = [];
  let mark: TreeMark | undefined;
  let all = 0;
  let records = 0;
  let digest = 0;
  const facts = visitTree(path, {
    record(name, value) {
      all++;
      if (name.equals(MARK_NAME)) {
        mark = decodeMark(value);
        if (mark === undefined) {
          damaged.push({ file, text: 'the mark of the journal is not what was written' });
        }
        return;
      }
      const text = unsealValue(name, value);
      if (text === undefined) {
        if (damaged.length < MAX_NAMED) {
          damaged.push({ file, text: `${readableName(name)} is not what was written` });
        }
        return;
      }
      records++;
      digest = changedDigest(digest, 0, sealOf(value));
      visit(name, text);
    },
    problem: (text) => structure.push({ file, text }),
  });
  const expected = facts?.entries ?? 0;
  const doubtful = Math.max(0, expected - records - 1, structure.length + damaged.length > 0 ? 1 : 0);
  if (mark !== undefined && structure.length + damaged.length === 0 && digest !== mark.digest) {
    structure.push({ file, text: 'its records are not those that were written last' });
  }
  return { mark, isEmpty: all === 0 && structure.length === 0, records, doubtful, structure, damaged };
}

function inspectJournal(
  files: StoreFiles,
  { mark, head }: { readonly mark: TreeMark; readonly head: JournalHead },
): { readonly found: FoundJournal; readonly doubtful: number; readonly problems: readonly StoreProblem[] } {
  const contents = files.segments.map(readIfPresent);
  const [first = NO_BYTES, second = NO_BYTES] = contents;
  const { found, damage } = readSegments([first, second], mark, head);
  const names = files.segments.map((path) => basename(path));
  const problems: StoreProblem[] = [];
  if (head.state === 'open') {
    contents.forEach((bytes, number) => {
      if (bytes === undefined) problems.push({ file: names[number]!, text: 'it is missing' });
    });
  }
  if (damage !== undefined) {
    const { segment, from, to } = damage;
    problems.push({
      file: names[segment]!,
      text: `expected the frames ${from} to ${to}, which were acknowledged; frame ${from} is missing, or is not what was written`,
    });
  }
  const doubtful = damage === undefined ? problems.length : damage.to - damage.from + 1;
  return { found, doubtful, problems };
}
