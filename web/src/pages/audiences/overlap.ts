// How audiences lie over each other: sets as bits, the first audience is bit 1.

/** Customers that are in exactly the audiences of `mask`, in no other of those compared. */
export interface Region {
  mask: number
  count: number
}

export const has = (mask: number, at: number) => (mask & (1 << at)) !== 0

/** The places of the audiences in a mask. */
export const places = (mask: number, of: number): number[] =>
  Array.from({ length: of }, (_, i) => i).filter((i) => has(mask, i))

/** The regions that have somebody, the largest first; equal ones with fewer audiences first. */
export const ordered = <R extends Region>(regions: R[]): R[] =>
  regions
    .filter((r) => r.count > 0 && r.mask > 0)
    .sort((a, b) => b.count - a.count || bits(a.mask) - bits(b.mask) || a.mask - b.mask)

/** How many audiences a mask names. */
export const bits = (mask: number): number => {
  let n = 0
  for (let m = mask; m > 0; m >>= 1) n += m & 1
  return n
}

/** The rule of a region: in all of some audiences and in none of the others compared. */
export function ruleOf(ids: number[], mask: number) {
  const inside = ids.filter((_, i) => has(mask, i))
  const outside = ids.filter((_, i) => !has(mask, i))
  const all: { field: string; op: string; value: number[] }[] = [
    { field: 'audience', op: 'all', value: inside },
  ]
  if (outside.length > 0) all.push({ field: 'audience', op: 'none', value: outside })
  return { all }
}
