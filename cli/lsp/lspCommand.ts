import {
  type Connection,
  createConnection,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
  type WatchDog,
} from 'vscode-languageserver';
import { createProtocolConnection } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readTextFile } from '../../engine/interpreter/index.ts';
import { LanguageWorkspace } from '../../engine/language/index.ts';
import { type CommandIo, printError } from '../commandIo.ts';
import { EXIT, type Exit } from '../exit.ts';
import { LspDiagnostics } from './lspDiagnostics.ts';
import { LspFiles } from './lspFiles.ts';
import { answerRequests } from './lspRequests.ts';

/** Serves an editor until it says exit, or closes the standard input. FAILED without a shutdown before. */
export function lspCommand(io: CommandIo): Promise<Exit> {
  return new Promise((resolve) => {
    let isShutDown = false;
    const end = (): void => {
      diagnostics.stop();
      io.stdin.destroy();
      resolve(isShutDown ? EXIT.OK : EXIT.FAILED);
    };
    const watchDog: WatchDog = {
      get shutdownReceived() {
        return isShutDown;
      },
      set shutdownReceived(value) {
        isShutDown = value;
      },
      // The standard input ends with the editor.
      initialize: () => undefined,
      exit: end,
    };
    const connection = createConnection((logger) => {
      const protocol = createProtocolConnection(io.stdin, io.stdout, logger);
      protocol.onError(([{ message }]) =>
        printError(io, `Expected a message of the protocol, got: ${message}`),
      );
      return protocol;
    }, watchDog);
    const diagnostics = serve(connection, io);
    io.stdin.once('end', end);
    connection.listen();
  });
}

function serve(connection: Connection, io: CommandIo): LspDiagnostics {
  const files = new LspFiles(io.elapsed);
  const workspace = new LanguageWorkspace({
    fetchText: readTextFile,
    candidates: (url) => files.candidates(url),
  });
  const documents = new TextDocuments(TextDocument);
  const diagnostics = new LspDiagnostics({
    workspace,
    clock: io.clock,
    elapsed: io.elapsed,
    publish: (url, found) =>
      void connection.sendDiagnostics({ uri: uriOf(documents, url), diagnostics: [...found] }),
    fail: (error) =>
      printError(io, `The check failed: ${error instanceof Error ? error.stack : String(error)}`),
  });
  connection.onInitialize((params) => {
    files.setFolders(foldersOf(params));
    return CAPABILITIES;
  });
  documents.onDidChangeContent(({ document }) => {
    const url = urlOf(document.uri);
    workspace.open(url, document.getText());
    diagnostics.changed(url);
  });
  documents.onDidClose(({ document }) => {
    const url = urlOf(document.uri);
    workspace.close(url);
    diagnostics.changed(url);
  });
  documents.listen(connection);
  answerRequests(connection, { workspace, uriOf: (url) => uriOf(documents, url), urlOf });
  return diagnostics;
}

const CAPABILITIES: InitializeResult = {
  serverInfo: { name: 'orsay' },
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    documentSymbolProvider: true,
    definitionProvider: true,
    referencesProvider: true,
    hoverProvider: true,
    completionProvider: { triggerCharacters: ['<', '/', '"', "'", ' ', '.', ':'] },
    renameProvider: { prepareProvider: true },
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
  },
};

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  if (workspaceFolders) return workspaceFolders.map(({ uri }) => uri);
  return rootUri ? [rootUri] : [];
}

/** Editors write URIs in several ways; inside, each file has one. */
function urlOf(uri: string): string {
  return URL.canParse(uri) ? new URL(uri).href : new URL(`untitled:${encodeURIComponent(uri)}`).href;
}

/** The URI as the editor wrote it. */
function uriOf(documents: TextDocuments<TextDocument>, url: string): string {
  return documents.keys().find((uri) => urlOf(uri) === url) ?? url;
}
