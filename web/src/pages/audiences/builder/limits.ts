// What a tree may become: bounds of the server, kept before anything is sent.
import { conditions, depthOf, type Group, type Item, isGroup, itemAt } from './model'
import type { Limits } from './node'

/** How deep the server finds the group at a path; the root is 1, "not" counts on its own. */
export function levelAt(root: Group, path: readonly number[]): number {
  let level = 0
  let at: Item | undefined = root
  for (let i = 0; i <= path.length; i++) {
    if (at && isGroup(at)) level += at.not ? 2 : 1
    at = at && isGroup(at) ? at.rules[path[i] ?? -1] : undefined
  }
  return level
}

/** Whether a group may hold one more item of a depth. */
export const fits = (root: Group, parent: readonly number[], depth: number, l: Limits) =>
  levelAt(root, parent) + depth <= l.depth

/** Whether an item may be copied. */
export const copies = (root: Group, item: Item, l: Limits) =>
  conditions(root).length + conditions(item).length <= l.conditions

const begins = (path: readonly number[], by: readonly number[]) => by.every((n, i) => path[i] === n)

/** Whether what stands at `from` may be put at `to`: not into itself, and not too deep. */
export function mayMove(
  root: Group,
  from: readonly number[],
  to: readonly number[],
  l: Limits,
): boolean {
  const item = itemAt(root, from)
  if (!item || from.length === 0 || begins(to, from)) return false
  return fits(root, to.slice(0, -1), depthOf(item), l)
}

/** Whether putting it there changes anything. */
export function stays(from: readonly number[], to: readonly number[]): boolean {
  const same = from.length === to.length && begins(from.slice(0, -1), to.slice(0, -1))
  const [a, b] = [from.at(-1) ?? 0, to.at(-1) ?? 0]
  return same && (b === a || b === a + 1)
}
