import { runServer } from './process/index.ts';

runServer();
