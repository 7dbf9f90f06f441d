/** The names of elements that mean something in a listing, by number. Compiled to WebAssembly. */
import { areSame, nameEnd, nameStart } from './list-xml.as';

/** In the order of the names that list-kernel.ts lays down. */
export const rootName: i32 = 0;
export const entryName: i32 = 1;
export const markerName: i32 = 2;
export const groupsName: i32 = 3;
export const groupName: i32 = 4;
export const keyName: i32 = 5;
export const sizeName: i32 = 6;
export const className: i32 = 7;
export const latestName: i32 = 8;
export const firstField: i32 = 9;

/** By number: where it lies and how long it is. */
let namesAt: usize = 0;
/** Those from `firstField` on are what a page says of itself. */
export let names: i32 = 0;

export function setNames(table: usize, count: i32): void {
  namesAt = table;
  names = count;
}

/** Whether the tag read last bears this name. */
// @ts-ignore: decorator
@inline
export function isNamed(name: i32): bool {
  const entry = namesAt + (<usize>name << 3);
  const length = load<i32>(entry + 4);
  return <i32>(nameEnd - nameStart) == length && areSame(nameStart, <usize>load<u32>(entry), length);
}
