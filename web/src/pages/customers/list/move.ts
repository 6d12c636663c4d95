// Moving cards between the columns of a board.
import type { Board, ListRow } from './api'

/** A board with a card taken from its column and put on top of another. */
export function moved(board: Board, id: number, to: string): Board {
  let card: ListRow | undefined
  for (const column of board.columns) card ??= column.items.find((x) => x.id === id)
  const found = card
  if (!found || !board.columns.some((c) => c.key === to)) return board
  return {
    ...board,
    columns: board.columns.map((column) => {
      const here = column.items.some((x) => x.id === id)
      if (here && column.key !== to) {
        return {
          ...column,
          items: column.items.filter((x) => x.id !== id),
          total: column.total === null || column.total_capped ? column.total : column.total - 1,
        }
      }
      if (!here && column.key === to) {
        return {
          ...column,
          items: [found, ...column.items],
          total: column.total === null || column.total_capped ? column.total : column.total + 1,
        }
      }
      return column
    }),
  }
}

/** A board with a further page of one column behind what is there; nobody twice. */
export function extended(
  board: Board,
  key: string,
  page: Pick<Board['columns'][number], 'items' | 'next_cursor'>,
): Board {
  const known = new Set(board.columns.flatMap((c) => c.items.map((x) => x.id)))
  return {
    ...board,
    columns: board.columns.map((column) =>
      column.key === key
        ? {
            ...column,
            items: [...column.items, ...page.items.filter((x) => !known.has(x.id))],
            next_cursor: page.next_cursor,
          }
        : column,
    ),
  }
}

/** The column that holds a card; null where none does. */
export const columnOf = (board: Board, id: number): string | null =>
  board.columns.find((c) => c.items.some((x) => x.id === id))?.key ?? null
