const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

exports.activate = (context) => {
  const command = vscode.workspace.getConfiguration('orsay').get('command', 'orsay');
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory('orsay', {
      createDebugAdapterDescriptor: () => new vscode.DebugAdapterExecutable(command, ['dap']),
    }),
    vscode.debug.registerDebugConfigurationProvider('orsay', {
      // F5 in a document without a launch.json. The editor replaces ${file}.
      resolveDebugConfiguration: (_folder, given) =>
        given.type === undefined
          ? // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the editor.
            { type: 'orsay', request: 'launch', name: 'This document', program: '${file}' }
          : given,
    }),
  );
  const server = { command, args: ['lsp'] };
  client = new LanguageClient('orsay', 'Orsay', server, { documentSelector: [{ language: 'scxml' }] });
  return client.start();
};

exports.deactivate = () => client?.stop();
