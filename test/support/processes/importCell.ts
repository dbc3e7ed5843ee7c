/**
 * Imports a data directory into a cell. Prints `begins` and `imported`. Arguments: database, cell, folder.
 */
import { importData } from '../../../server/process/index.ts';

const [database = '', cell = '', dataDir = ''] = process.argv.slice(2);
console.log('begins');
await importData({ database, cell, dataDir });
console.log('imported');
