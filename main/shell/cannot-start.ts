import { inspect } from 'node:util';
import { app, clipboard, dialog } from 'electron';

/**
 * Says that the app cannot start, with a way to copy why, and ends it with exit code 1. It needs nothing but Electron:
 * what is missing may be any part of the app, the wording too.
 */
export async function cannotStart(error: unknown): Promise<void> {
  const details = inspect(error);
  process.stderr.write(`Letta Stack cannot start: ${details}\n`);
  const next = await nextStep(error);
  await app.whenReady();
  const ask = (): Promise<{ response: number }> =>
    dialog.showMessageBox({
      type: 'error',
      message: 'Letta Stack cannot start',
      detail: `${error instanceof Error ? error.message : String(error)}\n\n${next}`,
      buttons: ['Quit', 'Copy details'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
  // asked again: on Linux the clipboard's content goes with the program that it came from
  while ((await ask()).response === 1) await clipboard.writeText(details);
  app.exit(1);
}

async function nextStep(error: unknown): Promise<string> {
  try {
    const { Failure, say } = await import('../errors.ts');
    const [known] = error instanceof Failure ? error.errors : [];
    if (known) return say(known).next;
  } catch {
    // it is missing too
  }
  return 'Install Letta Stack again. Letta itself and its data are as they were.';
}
