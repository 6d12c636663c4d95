import type { QueryKey } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ListQuery, Page } from '@/api/types'

export type RowKey = string | number

export interface Column<Row> {
  /** Stable name; kept in the saved column choice and sent with an export. */
  key: string
  title: string
  render: (row: Row) => ReactNode
  /** Numbers and money stand right. */
  align?: 'left' | 'right'
  /** Width in px; without it the column shares what is left. */
  width?: number
  /** Field of the API's sort whitelist; makes the head a sort button. */
  sort?: string
  /** Direction of the first click; "desc" for amounts and times. */
  sortFirst?: 'asc' | 'desc'
  /** Cannot be the second of two sorted columns. */
  sortLeads?: boolean
  /** Definition of the figure, on hover and focus of the head. */
  hint?: ReactNode
  /** Not shown until chosen. */
  hidden?: boolean
  /** Cannot be switched off. */
  required?: boolean
  /** Long text is cut with "…". */
  ellipsis?: boolean
  /**
   * Place on a phone's card: the title, beside the title, a line of its own, a
   * name with a value, or nowhere. Default: the first column is the title, the
   * others are name and value.
   */
  phone?: 'title' | 'aside' | 'wide' | 'line' | 'none'
}

export interface Option {
  value: string
  label: string
}

/**
 * A filter of the list. Sent to the API as: text and select `key`, several
 * values joined by commas; dates `key_from` and `key_to` (YYYY-MM-DD, both
 * included); range `key_min` and `key_max`, with unit "fen" typed in yuan and
 * sent in 分.
 */
export type FilterDef =
  | { key: string; label: string; type: 'text'; placeholder?: string }
  | { key: string; label: string; type: 'select'; options: Option[]; multiple?: boolean }
  | { key: string; label: string; type: 'dates' }
  | { key: string; label: string; type: 'range'; unit?: 'fen'; suffix?: string }

export interface View {
  key: string
  label: string
  /** Filter texts as they stand in the address: "a,b", "2026-01-01..2026-03-31", "100..". */
  filters: Record<string, string>
  sort?: string
}

export interface Selection<Row> {
  keys: RowKey[]
  rows: Row[]
  /** All that match are chosen, not only the rows; only with `bulkAll`. */
  all: boolean
  /** How many match; null where not counted. */
  total: number | null
  totalCapped: boolean
  clear: () => void
}

export interface DataTableProps<Row extends object> {
  /** Name of the list: saved columns, density, page size and views. */
  id: string
  /** What is listed, for screen readers: "客户". */
  label: string
  queryKey: QueryKey
  load: (query: ListQuery, signal: AbortSignal) => Promise<Page<Row>>
  columns: Column<Row>[]
  /** Default: `row.id`. */
  rowKey?: (row: Row) => RowKey
  /** Placeholder of the search field (parameter `q`); no field without it. */
  search?: string
  filters?: FilterDef[]
  views?: View[]
  /** "field" or "-field". */
  defaultSort?: string
  /** Shift-click sorts by a second column; the API takes "-field,other". */
  sortTwice?: boolean
  /** The name of a field that is sorted by, also where it is not among the columns. */
  sortName?: (field: string) => string | undefined
  /** Address of a row: click opens it, ⌘/Ctrl-click opens a tab. */
  rowHref?: (row: Row) => string
  /** Click opens a side panel; with rowHref, ⌘-click still opens the address. */
  onOpen?: (row: Row) => void
  /** The row whose side panel is open. */
  openKey?: RowKey | null
  /** Last column: what can be done with the row. Clicks there do not open it. */
  rowActions?: (row: Row) => ReactNode
  /** API path that answers `?format=csv|xlsx` with the list's filters. */
  exportPath?: string
  /** Actions for chosen rows; rows can be chosen only with it. */
  bulk?: (selection: Selection<Row>) => ReactNode
  /** Offers to choose all that match, also those on other pages. */
  bulkAll?: boolean
  /** Keys on the row that j and k moved to: `{ e: (row) => … }`. */
  rowKeys?: Record<string, (row: Row) => void>
  /** Filters that the page keeps itself: whether one is set, and how to clear it. */
  narrowed?: { on: boolean; clear: () => void }
  /** Beside the search field: the chips of filters that the page keeps itself. */
  bar?: ReactNode
  /** The page chooses the columns: all that are given are shown, in their order. */
  ownColumns?: boolean
  /** Shown when the list has nothing at all and no filter is set. */
  empty?: ReactNode
  /** More on the right of the toolbar. */
  toolbar?: ReactNode
  /** Parameters sent always and not shown as filters. */
  fixed?: Record<string, unknown>
  /** Keeps filters, sort and place out of the address: for lists inside drawers and tabs. */
  local?: boolean
  /** Asks again after so many ms. */
  refetchInterval?: number
}
