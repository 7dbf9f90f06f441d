/** Work that is done side by side, whose results are taken in the order of its items, however long each of them took. */

/** Items begun before the one in front of them is taken, for each worker: what came early waits in memory. */
const AHEAD = 2;

/** The first error ends it: nothing is begun or taken after that. Errors: those of `work` and of `take`. */
export async function inOrder<Item, Result>(
  items: readonly Item[],
  parallel: number,
  work: (item: Item) => Promise<Result>,
  take: (result: Result) => void,
): Promise<void> {
  const early = new Map<number, { readonly result: Result }>();
  let waiting: (() => void)[] = [];
  let begun = 0;
  let taken = 0;
  let isOver = false;
  const wake = (): void => {
    const awake = waiting;
    waiting = [];
    for (const goOn of awake) goOn();
  };
  const hand = (at: number, result: Result): void => {
    early.set(at, { result });
    for (let next = early.get(taken); next && !isOver; next = early.get(taken)) {
      early.delete(taken);
      take(next.result);
      taken += 1;
    }
    wake();
  };
  const worker = async (): Promise<void> => {
    while (begun < items.length && !isOver) {
      const at = begun++;
      while (at >= taken + AHEAD * parallel && !isOver)
        await new Promise<void>((resolve) => waiting.push(resolve));
      if (!isOver) hand(at, await work(items[at]!));
    }
  };
  const end = (cause: unknown): never => {
    isOver = true;
    wake();
    throw cause;
  };
  await Promise.all(Array.from({ length: parallel }, () => worker().catch(end)));
}
