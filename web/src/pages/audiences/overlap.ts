// How audiences lie over each other: sets as bits, the first audience is bit 1.

/** Customers that are in exactly the audiences of `mask`, in no other of those compared. */
export interface Region {
  mask: number
  count: number
}

/** What a picture of audiences over each other is drawn from; a part is a button where `onPick` is given. */
export interface FigureProps {
  sets: { id: number; name: string; size: number }[]
  regions: Region[]
  label: (region: Region) => string
  onPick?: (region: Region) => void
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

/** Two circles whose areas, and the area they share, are as the numbers: a and b of radius, centres d apart. */
export function circles(first: number, second: number, both: number) {
  const [a, b] = [Math.sqrt(first / Math.PI), Math.sqrt(second / Math.PI)]
  if (both <= 0) return { a, b, d: a + b + (a + b) / 12 }
  // The shared area falls as the centres part: from one inside the other to a touch.
  let [near, far] = [Math.abs(a - b), a + b]
  for (let i = 0; i < 50; i++) {
    const d = (near + far) / 2
    if (shared(a, b, d) > both) near = d
    else far = d
  }
  return { a, b, d: (near + far) / 2 }
}

/** The area that two circles of radius a and b share whose centres are d apart, |a − b| < d < a + b. */
function shared(a: number, b: number, d: number): number {
  const part = (r: number, other: number) => {
    const cos = (d * d + r * r - other * other) / (2 * d * r)
    const angle = Math.acos(Math.min(1, Math.max(-1, cos)))
    return r * r * (angle - Math.sin(2 * angle) / 2)
  }
  return part(a, b) + part(b, a)
}
