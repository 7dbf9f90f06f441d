/** What a tree says that is no part of a longer scan. */
import { summarise, type TreeSummary } from '../../src/prefixes/prefix-rows.js';
import type { PrefixTree } from '../../src/prefixes/prefix-tree.js';
import { mergeParts } from '../../src/prefixes/tree-merge.js';
import { partOf } from '../../src/prefixes/tree-part.js';

export const summaryOf = (tree: PrefixTree): TreeSummary => summarise(mergeParts([partOf(tree)]));
