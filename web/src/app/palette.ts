// What ⌘K finds, apart from its looks.

export interface Command {
  key: string
  group: 'page' | 'action' | 'customer'
  title: string
  subtitle?: string
  /** More words to be found by; not shown. */
  words?: string
}

/**
 * How well a query fits a text: 3 it begins with it, 2 a word begins with it, 1
 * it contains it, 0 not at all. Case and full-width forms do not matter.
 */
export function match(query: string, text: string): number {
  const fold = (s: string) => s.normalize('NFKC').toLowerCase().trim()
  const q = fold(query)
  const full = fold(text)
  if (!q) return 1
  if (full.startsWith(q)) return 3
  if (full.split(/[\s,、/·]+/).some((word) => word.startsWith(q))) return 2
  return full.includes(q) ? 1 : 0
}

/** The commands that fit, the best first; equals keep their order. */
export function rank<C extends Command>(query: string, commands: C[]): C[] {
  return commands
    .map((command, i) => ({
      command,
      i,
      score: Math.max(
        match(query, command.title) * 2,
        match(query, command.words ?? '') * (command.words ? 1 : 0),
      ),
    }))
    .filter((x) => x.score > 0)
    .sort((a, b) => b.score - a.score || a.i - b.i)
    .map((x) => x.command)
}
