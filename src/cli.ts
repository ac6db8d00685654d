/** The command line: finds the command, runs it, and ends with its code. Usage goes to stderr and ends with 64. */
import { once } from 'node:events';
import { Refused, Unreachable } from './cli/client.js';
import { aligned, EXIT, helpOf, readArguments, UsageError, type Command, type ExitCode, type Terminal } from './cli/command.js';
import { adminBootstrapCommand, tenantCreateCommand } from './cli/admin.command.js';
import { dbMigrateCommand, dbPrepareCommand } from './cli/db.command.js';
import { decisionExportCommand, decisionReplayCommand } from './cli/decision.command.js';
import { deploymentReportCommand } from './cli/deployment.command.js';
import { documentsCommandOf } from './cli/documents.command.js';
import { PathRefused } from './cli/digest-folder.js';
import { digestCommand } from './cli/digest.command.js';
import { evidenceAddCommand } from './cli/evidence.command.js';
import { evidenceSweepCommand } from './cli/evidence-sweep.command.js';
import { gateCheckCommand } from './cli/gate.command.js';
import { graphqlCommand } from './cli/graphql.command.js';
import { keysCreateCommand, keysRotateCommand } from './cli/keys.command.js';
import { loginCommand, logoutCommand } from './cli/login.command.js';
import { obligationsCommand } from './cli/obligations.command.js';
import { policyApplyCommand } from './cli/policy-apply.command.js';
import { policySchemaCommand, policyShowCommand } from './cli/policy-show.command.js';
import { policyActivateCommand, policyAdoptCommand, policyApproveCommand } from './cli/policy-steps.command.js';
import { policyTestCommand } from './cli/policy.command.js';
import { readinessCommand } from './cli/readiness.command.js';
import { releaseCreateCommand } from './cli/release.command.js';
import { risksExportCommand, risksImportCommand } from './cli/risks.command.js';
import { signOffGiveCommand } from './cli/sign-off-give.command.js';
import { signOffVerifyCommand } from './cli/sign-off.command.js';
import { storyCommand } from './cli/story.command.js';
import { systemClassifyCommand } from './cli/system-classify.command.js';
import { systemTierCommand } from './cli/system-tier.command.js';
import { TENANT_COMMANDS } from './cli/tenant.command.js';
import { tokenCommand } from './cli/token.command.js';
import { FileTrouble } from './cli/whole-file.js';
import { ConfigError } from './platform/config.js';

const SENDERS: readonly Command[] = [digestCommand, systemTierCommand, systemClassifyCommand, releaseCreateCommand, gateCheckCommand, deploymentReportCommand, evidenceAddCommand, evidenceSweepCommand, decisionExportCommand, decisionReplayCommand, signOffGiveCommand, signOffVerifyCommand, risksImportCommand, risksExportCommand, policyTestCommand, policyApplyCommand, policyShowCommand, policySchemaCommand, policyAdoptCommand, policyApproveCommand, policyActivateCommand, readinessCommand, obligationsCommand, graphqlCommand, loginCommand, logoutCommand, tokenCommand, storyCommand, dbPrepareCommand, dbMigrateCommand, adminBootstrapCommand, keysCreateCommand, keysRotateCommand, tenantCreateCommand, ...TENANT_COMMANDS];
const COMMANDS: readonly Command[] = [...SENDERS, documentsCommandOf(SENDERS)];

const terminal: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  write: async (pieces) => {
    for await (const piece of pieces) {
      if (!process.stdout.writable) return;
      if (!process.stdout.write(piece)) await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]).catch(() => undefined);
    }
  },
};

async function main(args: readonly string[]): Promise<ExitCode> {
  const command = COMMANDS.find(({ name }) => name.split(' ').every((word, i) => args[i] === word));
  const rest = command === undefined ? [] : args.slice(command.name.split(' ').length);
  const asksForHelp = (command === undefined ? args : rest).some((arg) => arg === '--help' || arg === '-h');
  if (asksForHelp) {
    for (const line of command === undefined ? overview(args) : helpOf(command)) terminal.out(line);
    return EXIT.OK;
  }
  if (command === undefined) {
    if (args.length > 0) terminal.err(`countersign: there is no command "${args.filter((arg) => !arg.startsWith('-')).slice(0, 2).join(' ')}".`);
    for (const line of overview(args)) terminal.err(line);
    return EXIT.USAGE;
  }
  return run(command, rest);
}

/** All commands, or those that begin with the word that was typed. */
function overview(args: readonly string[]): string[] {
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${args[0] ?? ''} `));
  const rows = (group.length > 0 ? group : COMMANDS).map(({ name, summary }) => [name, summary] as const);
  return ['Usage: countersign <command> [options]', '', ...aligned(rows), '', 'countersign <command> --help tells its options.'];
}

async function run(command: Command, args: readonly string[]): Promise<ExitCode> {
  try {
    return await command.run(readArguments(command, args), terminal);
  } catch (error) {
    return failed(command, error);
  }
}

function failed(command: Command, error: unknown): ExitCode {
  if (error instanceof UsageError) {
    terminal.err(`countersign: ${error.message}`);
    terminal.err(`countersign ${command.name} --help tells the usage.`);
    return EXIT.USAGE;
  }
  if (error instanceof ConfigError || error instanceof PathRefused || error instanceof FileTrouble) {
    terminal.err(`countersign: ${error.message}`);
    return command.whenRefused;
  }
  if (error instanceof Refused) {
    for (const line of [`refused: ${error.code}  ${error.message}`, ...error.beside]) terminal.err(line);
    if (error.next !== null) terminal.err(`next: ${error.next}`);
    return command.whenRefused;
  }
  terminal.err(`countersign: ${error instanceof Unreachable ? error.message : String((error as Error).stack ?? error)}`);
  return EXIT.NO_DECISION;
}

// A reader that went away, such as "head", changes neither what is done nor the exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
// Not process.exit: what was printed into a pipe must arrive first.
process.exitCode = await main(process.argv.slice(2));
