/** A server seen from afar: every answer passes through here and comes so many milliseconds later, as many at once as there are. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Far {
  readonly endpoint: string;
  close(): void;
}

export async function startFar(endpoint: string, milliseconds: number): Promise<Far> {
  const { hostname, port } = new URL(endpoint);
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port), noDelay: true });
    // Timers of one length end in the order they were begun in.
    far.on('data', (bytes) => setTimeout(() => near.write(bytes), milliseconds));
    far.on('close', () => setTimeout(() => near.destroy(), milliseconds));
    near.on('data', (bytes) => far.write(bytes));
    near.on('close', () => far.destroy());
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}
