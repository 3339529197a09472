/** The desktop app as a test drives it: started on folders of its own, watched down to its last process. */

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { helpOldChromium } from './old-chromium.ts';

export const repository = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
export const sample = join(repository, 'assets', 'sample');

/** Chromium's sandbox does not start for root, and Xvfb has no GPU. */
const switches = ['--no-sandbox', '--disable-gpu'];

/** How the app is started: a program and what stands before the paths to open. */
export interface Program {
  readonly executable: string;
  readonly args: readonly string[];
}

/** The app from source, on the Electron that scripts/electron-test.mjs has found. */
export const fromSource: Program | undefined =
  process.env.ENGINEROOM_ELECTRON === undefined
    ? undefined
    : { executable: process.env.ENGINEROOM_ELECTRON, args: [repository] };

/** The packaged app. */
export const packaged: Program | undefined =
  process.env.ENGINEROOM_PACKAGED === undefined
    ? undefined
    : { executable: process.env.ENGINEROOM_PACKAGED, args: [] };

/** Process ids of all that runs with this value in its environment: the app and whatever it started. */
function processesWith(marker: string): number[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        // A zombie has ended and waits for its parent to notice.
        if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return false;
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(marker);
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function until<T>(what: string, probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 15_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`waited too long until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export class DesktopApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** What the page's console called an error, and uncaught exceptions. */
  readonly errors: readonly string[];
  readonly folder: string;
  readonly #program: Program;
  readonly #environment: NodeJS.ProcessEnv;

  private constructor(
    app: ElectronApplication,
    page: Page,
    errors: readonly string[],
    folder: string,
    program: Program,
    environment: NodeJS.ProcessEnv,
  ) {
    this.app = app;
    this.page = page;
    this.errors = errors;
    this.folder = folder;
    this.#program = program;
    this.#environment = environment;
  }

  /** Starts the app with fresh settings and an empty run store; `paths` are given on its command line. */
  static async start(program: Program, paths: readonly string[] = []): Promise<DesktopApp> {
    const folder = mkdtempSync(join(tmpdir(), 'engineroom-desktop-'));
    const environment = { ...process.env, ENGINEROOM_DATA: join(folder, 'data') };
    const app = await _electron.launch({
      executablePath: program.executable,
      args: [...switches, `--user-data-dir=${join(folder, 'settings')}`, ...program.args, ...paths],
      env: environment as Record<string, string>,
      timeout: 30_000,
    });
    const page = await app.firstWindow();
    const errors: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await helpOldChromium(app, page);
    return new DesktopApp(app, page, errors, folder, program, environment);
  }

  /** Starts the program once more, as a file manager would; resolves with its exit code. */
  startAgain(paths: readonly string[]): Promise<number> {
    const args = [
      ...switches,
      `--user-data-dir=${join(this.folder, 'settings')}`,
      ...this.#program.args,
      ...paths,
    ];
    return new Promise((resolve) => {
      execFile(this.#program.executable, args, { env: this.#environment, timeout: 20_000 }, (error) =>
        resolve(error === null ? 0 : Number(error.code ?? 1)),
      );
    });
  }

  /** The next file dialogs are answered with these paths, one each; null cancels. */
  answerFileDialogs(answers: readonly (string | null)[]): Promise<void> {
    return this.app.evaluate(({ dialog }, given) => {
      const rest = [...given];
      dialog.showOpenDialog = async () => {
        const path = rest.shift() ?? null;
        return path === null ? { canceled: true, filePaths: [] } : { canceled: false, filePaths: [path] };
      };
    }, answers);
  }

  /** Questions are answered with this button; what was asked is returned by `questions`. */
  answerQuestions(button: number): Promise<void> {
    return this.app.evaluate(({ dialog }, response) => {
      const asked: string[] = [];
      Object.assign(globalThis, { askedQuestions: asked });
      // The overload without a window is not used by the app.
      dialog.showMessageBox = (async (_window: unknown, { message }: { message: string }) => {
        asked.push(message);
        return { response, checkboxChecked: false };
      }) as typeof dialog.showMessageBox;
    }, button);
  }

  questions(): Promise<readonly string[]> {
    return this.app.evaluate(() => (globalThis as { askedQuestions?: string[] }).askedQuestions ?? []);
  }

  /**
   * Drops files onto the window as a file manager would. The browser makes real `File`s only for a file field, so the
   * test lends it one.
   */
  async drop(paths: readonly string[]): Promise<void> {
    await this.page.evaluate(`{
      const field = document.createElement('input');
      field.type = 'file';
      field.multiple = true;
      field.id = 'dropped-by-test';
      field.style.display = 'none';
      document.body.append(field);
    }`);
    await this.page.locator('#dropped-by-test').setInputFiles([...paths]);
    await this.page.evaluate(`{
      const field = document.getElementById('dropped-by-test');
      const data = new DataTransfer();
      for (const file of field.files) data.items.add(file);
      field.remove();
      const target = document.elementFromPoint(innerWidth / 2, innerHeight / 2) || document.body;
      for (const type of ['dragenter', 'dragover', 'drop']) {
        const event = new DragEvent(type, { bubbles: true, cancelable: true, composed: true, dataTransfer: data });
        target.dispatchEvent(event);
      }
    }`);
  }

  /** All processes of the app; empty when it is gone for good. */
  processes(): number[] {
    return processesWith(this.folder);
  }

  /** Process id of the host. */
  hostProcess(): Promise<number> {
    return until('the host runs', () =>
      this.processes().find((pid) => {
        try {
          return /host\/entry\.js/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
        } catch {
          return false;
        }
      }),
    );
  }

  /** Quits as the menu would; resolves when no process is left. */
  async quit(): Promise<void> {
    // The connection may end before the answer comes.
    await this.app.evaluate(({ app }) => app.quit()).catch(() => undefined);
    await this.gone();
  }

  /** Resolves when no process is left. */
  async gone(): Promise<void> {
    await until('all processes have ended', () => (this.processes().length === 0 ? true : undefined));
  }

  /** Ends what a failed test left, and removes its folders. */
  async clear(): Promise<void> {
    for (const pid of this.processes()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has just ended by itself.
      }
    }
    await this.gone();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
