/** A server of `https:` that takes reports. Its certificate is taken by a browser with the switch `--ignore-certificate-errors`. */

import type http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { selfSignedCertificate } from './certificate';

export interface Report {
  readonly path: string;
  readonly method: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export class ReportServer {
  readonly #server = https.createServer(selfSignedCertificate());
  readonly reports: Report[] = [];

  static async open(): Promise<ReportServer> {
    const server = new ReportServer();
    server.#server.on('request', (request, response) => server.#take(request, response));
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `https://reports.localhost:${(this.#server.address() as AddressInfo).port}`;
  }

  #take(request: http.IncomingMessage, response: http.ServerResponse): void {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      this.reports.push({ path: request.url ?? '', method: request.method ?? '', headers: request.headers, body });
      response.writeHead(204).end();
    });
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
