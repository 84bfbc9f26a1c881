// How our long-running commands end: whatever was opened is closed, in reverse order, on Ctrl-C too.

/** @type {(() => unknown)[]} */
const closers = [];
let leaving = false;

/**
 * Has something closed before the process ends.
 * @param {() => unknown} close
 */
export function beforeLeaving(close) {
  closers.push(close);
}

/**
 * Closes everything and ends the process; only the first call counts.
 * @param {number} code
 */
export async function leave(code) {
  if (leaving) return;
  leaving = true;
  for (const close of closers.reverse()) {
    try {
      await close();
    } catch (error) {
      console.error(/** @type {Error} */ (error).message);
    }
  }
  process.exit(code);
}

/**
 * Runs a command's main function; an error ends it with 1 and the error's message.
 * @param {() => Promise<void>} main
 * @param {{ interrupted: number }} codes the exit code after Ctrl-C: 0 where that is the normal way to end
 */
export function runCommand(main, { interrupted }) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // The second one means now: what was opened ends with this process, as far as it can.
    process.on(signal, () => (leaving ? process.exit(1) : leave(interrupted)));
  }
  main().catch((error) => {
    // While leaving, what is still under way fails because its browser or server has gone.
    if (!leaving) console.error(error.message);
    leave(1);
  });
}
