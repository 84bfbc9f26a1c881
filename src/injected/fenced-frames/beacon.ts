/** Sends one report of an event, without credentials. It goes out once, however often it is asked for by the same name. */
export function sendBeacon(url: string, data: string, name: string): void {
  self.sharedStorageLabReports ??= new Map();
  if (self.sharedStorageLabReports.has(name)) return;
  const headers = { 'Content-Type': 'text/plain;charset=UTF-8' };
  // Nobody reads the answer, and a server that allows no reading gets the report all the same.
  const keepalive = data.length < 60_000;
  const answer = fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'omit', keepalive, headers, body: data });
  self.sharedStorageLabReports.set(
    name,
    answer.then(
      () => undefined,
      // It could not be delivered, of which nobody is told natively either.
      () => undefined,
    ),
  );
}

/** Resolves once the server has answered a report, or cannot. */
export async function waitForAnswer(name: string): Promise<void> {
  await self.sharedStorageLabReports?.get(name);
}
