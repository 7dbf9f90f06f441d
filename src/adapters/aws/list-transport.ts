/** GETs over connections that are kept. A server may take its time, but not fall silent for good. */
import { type ListAnswer, type ListConnection, type ListRequest, openConnection } from './list-connection.js';
import type { ListTarget } from './list-target.js';

export type { ListAnswer, ListRequest };

export interface ListTransport {
  /** Errors: of Node's sockets; of a request that `signal` ended; of `read`. */
  send<T>(target: ListTarget, request: ListRequest<T>): Promise<T>;
  close(): void;
}

export interface TransportOptions {
  readonly silenceMs?: number;
  readonly nearMs?: number;
}

/** A LIST over many delete markers has taken two minutes to its first byte; behind them the connection is lost. */
const SILENCE_MS = 125_000;
/** Servers close a connection that nothing was asked on for some seconds; a request sent just then is lost. */
const IDLE_MS = 4000;
/** Connections whose server has not ended its last answer yet: where there are more, answers are waited for to their end. */
const MOST_UNENDED = 64;
/**
 * On a connection that is used again a system acknowledges up to 40 ms late, and a server with Nagle's algorithm holds the end of
 * a page back until then; on a new one it does so at once. Where so few requests are under way that time is lost (a server that is
 * full has more, list-pace.ts), and to one that is near a new connection costs less, but for TLS.
 */
const FEW = 4;
const NEAR_MS = 5;
/** Each leaves its port taken for a minute. */
const MOST_OPENED = 1000;

interface Idle {
  readonly connection: ListConnection;
  readonly since: number;
}

/** One server. */
interface Place {
  readonly idle: Idle[];
  /** Requests under way. */
  active: number;
  /** The soonest that a connection was open. */
  openedMs: number;
  /** Connections so far. */
  opened: number;
  readonly isPlain: boolean;
}

export function openTransport({
  silenceMs = SILENCE_MS,
  nearMs = NEAR_MS,
}: TransportOptions = {}): ListTransport {
  const all = new Set<ListConnection>();
  const places = new Map<string, Place>();
  const placeOf = ({ protocol, host }: ListTarget): Place => {
    const name = `${protocol}//${host}`;
    const place = places.get(name) ?? {
      ...{ idle: [], active: 0, openedMs: Number.POSITIVE_INFINITY, opened: 0 },
      isPlain: protocol === 'http:',
    };
    places.set(name, place);
    return place;
  };
  const isNewBetter = ({ active, opened, openedMs, isPlain }: Place): boolean =>
    isPlain && active <= FEW && opened < MOST_OPENED && openedMs < nearMs;
  const drop = (connection: ListConnection): void => {
    connection.close();
    all.delete(connection);
  };
  const kept = (place: Place): ListConnection | undefined => {
    const { idle } = place;
    const isWanted = !isNewBetter(place);
    for (let i = idle.length - 1; i >= 0; i--) {
      const { connection, since } = idle[i]!;
      const isGood = connection.isOpen() && Date.now() - since < IDLE_MS;
      if (isGood && !connection.isReady()) continue;
      idle.splice(i, 1);
      if (isGood && isWanted) return connection;
      drop(connection);
    }
    return undefined;
  };
  const opened = (place: Place, target: ListTarget): ListConnection => {
    const connection = openConnection(target, silenceMs);
    place.opened += 1;
    all.add(connection);
    return connection;
  };
  const keep = (place: Place, connection: ListConnection): void => {
    place.openedMs = Math.min(place.openedMs, connection.openedAfterMs() ?? Number.POSITIVE_INFINITY);
    if (connection.isOpen()) place.idle.push({ connection, since: Date.now() });
    else drop(connection);
  };
  return {
    send: async (target, request) => {
      const place = placeOf(target);
      place.active += 1;
      const connection = kept(place) ?? opened(place, target);
      try {
        return await connection.send(
          unended(place) < MOST_UNENDED ? request : { ...request, end: undefined },
        );
      } finally {
        place.active -= 1;
        keep(place, connection);
      }
    },
    close: () => {
      for (const connection of all) drop(connection);
    },
  };
}

const unended = ({ idle }: Place): number =>
  idle.filter(({ connection }) => connection.isOpen() && !connection.isReady()).length;
