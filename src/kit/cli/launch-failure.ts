/** Why a browser did not start, for whoever has opened it. */

/** How Chromium says that it found neither an X server nor a Wayland compositor. */
const NO_DISPLAY = /Missing X server or \$DISPLAY|The platform failed to initialize/;

/** What the error says, with what to do about it where that is known. */
export const describeLaunchFailure = ({ message }: Error): string =>
  NO_DISPLAY.test(message) ? `${message.trimEnd()}\nThere is no display: use --headless, or xvfb-run.` : message;
