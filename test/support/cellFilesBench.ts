import { type CellFiles, type CellFilesOptions, openCellFiles } from '../../engine/durable/postgres/index.ts';
import { sharedPostgres } from './postgres.ts';
import { silentLog } from './silentLog.ts';

/** The files of a cell in a database of its own, opened by as many processes as a test likes. */
export class CellFilesBench {
  readonly database: string;
  readonly #opened: CellFiles[] = [];

  private constructor(database: string) {
    this.database = database;
  }

  static async create(): Promise<CellFilesBench> {
    return new CellFilesBench(await (await sharedPostgres()).createDatabase());
  }

  async open(more: Partial<CellFilesOptions> = {}): Promise<CellFiles> {
    const options = { database: this.database, cell: 'main', application: 'test', log: silentLog };
    const files = await openCellFiles({ ...options, ...more });
    this.#opened.push(files);
    return files;
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((files) => files.end()));
  }
}
