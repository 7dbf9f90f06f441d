/** GETs over connections that are kept. A server may take its time, but not fall silent for good. */
import { type ListAnswer, type ListConnection, type ListRequest, openConnection } from './list-connection.js';
import type { ListTarget } from './list-target.js';

export type { ListAnswer, ListRequest };

export interface ListTransport {
  /** Errors: of Node's sockets; of a request that `signal` ended; of `read`. */
  send<T>(target: ListTarget, request: ListRequest<T>): Promise<T>;
  close(): void;
}

/** A LIST over many delete markers has taken two minutes to its first byte; behind them the connection is lost. */
const SILENCE_MS = 125_000;
/** Servers close a connection that nothing was asked on for some seconds; a request sent just then is lost. */
const IDLE_MS = 4000;
/** Connections whose server has not ended its last answer yet: where there are more, answers are waited for to their end. */
const MOST_UNENDED = 64;

interface Idle {
  readonly connection: ListConnection;
  readonly since: number;
}

export function openTransport(silenceMs = SILENCE_MS): ListTransport {
  const all = new Set<ListConnection>();
  const idle = new Map<string, Idle[]>();
  const kept = (place: string): ListConnection | undefined => {
    const those = idle.get(place) ?? [];
    for (let i = those.length - 1; i >= 0; i--) {
      const { connection, since } = those[i]!;
      const isGood = connection.isOpen() && Date.now() - since < IDLE_MS;
      if (isGood && !connection.isReady()) continue;
      those.splice(i, 1);
      if (isGood) return connection;
      drop(connection);
    }
    return undefined;
  };
  const unended = (place: string): number =>
    (idle.get(place) ?? []).filter(({ connection }) => connection.isOpen() && !connection.isReady()).length;
  const drop = (connection: ListConnection): void => {
    connection.close();
    all.delete(connection);
  };
  const keep = (place: string, connection: ListConnection): void => {
    const those = idle.get(place) ?? [];
    idle.set(place, those);
    if (connection.isOpen()) those.push({ connection, since: Date.now() });
    else drop(connection);
  };
  return {
    send: async (target, request) => {
      const place = `${target.protocol}//${target.host}`;
      const connection = kept(place) ?? openConnection(target, silenceMs);
      all.add(connection);
      try {
        return await connection.send(
          unended(place) < MOST_UNENDED ? request : { ...request, end: undefined },
        );
      } finally {
        keep(place, connection);
      }
    },
    close: () => {
      for (const connection of all) drop(connection);
    },
  };
}
