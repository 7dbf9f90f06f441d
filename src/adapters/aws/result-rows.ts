/** The CSV that Athena writes as the answer of a query, read as it comes: every field in double quotes, a quote doubled, NULL as nothing at all. */

/** Takes the text in pieces of any size; gives whole rows, without the first, which holds the names. */
export interface ResultReader {
  take(text: string): void;
  /** Whether it ended at the end of a row. */
  end(): boolean;
}

export function resultReader(onRow: (row: readonly string[]) => void): ResultReader {
  let row: string[] = [];
  let field = '';
  let isHead = true;
  let inQuotes = false;
  /** A quote ends the field, unless another follows: the two stand for one. */
  let afterQuote = false;
  const endField = (): void => {
    row.push(field);
    field = '';
  };
  const endRow = (): void => {
    endField();
    if (!isHead) onRow(row);
    isHead = false;
    row = [];
  };
  const outside = (char: string): void => {
    if (char === '"') {
      if (afterQuote) field += char;
      inQuotes = true;
    } else if (char === ',') endField();
    else if (char === '\n') endRow();
    else field += char;
    afterQuote = false;
  };
  return {
    take(text) {
      for (let at = 0; at < text.length; at++) {
        if (!inQuotes) {
          outside(text[at]!);
          continue;
        }
        const quote = text.indexOf('"', at);
        field += text.slice(at, quote < 0 ? text.length : quote);
        if (quote < 0) return;
        inQuotes = false;
        afterQuote = true;
        at = quote;
      }
    },
    end: () => !inQuotes && row.length === 0 && field === '' && !isHead,
  };
}
