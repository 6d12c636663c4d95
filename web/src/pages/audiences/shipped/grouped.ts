import type { Shipped } from '../api'

/** Ready-made audiences that a search leaves, under the names of their groups in the server's order. */
export function grouped<
  S extends Pick<Shipped, 'group_label' | 'name' | 'description' | 'sentence'>,
>(items: S[], text: string): [string, S[]][] {
  const needle = text.trim().toLowerCase()
  const out = new Map<string, S[]>()
  for (const item of items) {
    const words = `${item.name} ${item.description} ${item.sentence}`.toLowerCase()
    if (needle && !words.includes(needle)) continue
    out.set(item.group_label, [...(out.get(item.group_label) ?? []), item])
  }
  return [...out]
}
