import { Checkbox, Tooltip } from 'antd'
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react'
import { type MouseEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Bone } from '../states'
import { keyField, sortKeys } from './state'
import styles from './table.module.css'
import type { Column, RowKey } from './types'

export interface TableViewProps<Row> {
  label: string
  columns: Column<Row>[]
  rows: Row[] | undefined
  rowKey: (row: Row) => RowKey
  compact?: boolean
  sort?: string
  onSort?: (column: Column<Row>, second: boolean) => void
  sortTwice?: boolean
  rowHref?: (row: Row) => string
  onOpen?: (row: Row) => void
  activeKey?: RowKey | null
  openKey?: RowKey | null
  rowActions?: (row: Row) => ReactNode
  selected?: Set<RowKey>
  onSelect?: (keys: RowKey[], on: boolean) => void
  /** Rows of the skeleton while `rows` is undefined. */
  bones?: number
  stale?: boolean
  /** Keeps the head in sight below the top bar. */
  sticky?: boolean
}

const interactive = 'a,button,input,label,select,textarea,[role="button"],[role="menuitem"]'

/** The markup of every table: semantic, sticky head, rows that open. */
export function TableView<Row>(props: TableViewProps<Row>) {
  const { columns, rows, rowKey, compact, selected, onSelect, rowActions } = props
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const wide = useOverflow(box, columns.length)
  const keys = rows?.map(rowKey) ?? []
  const chosen = selected ? keys.filter((k) => selected.has(k)).length : 0

  const classes = [
    styles.box,
    compact && styles.compact,
    wide && styles.wide,
    props.sticky && styles.sticky,
    props.stale && styles.stale,
    (props.rowHref || props.onOpen) && styles.opens,
  ]
  return (
    <section
      ref={box}
      className={classes.filter(Boolean).join(' ')}
      aria-label={props.label}
      aria-busy={rows === undefined || props.stale}
      tabIndex={wide ? 0 : undefined}
    >
      <table>
        <colgroup>
          {onSelect && <col width={44} />}
          {columns.map((c) => (
            <col key={c.key} width={c.width} />
          ))}
          {rowActions && <col width={56} />}
        </colgroup>
        <thead>
          <tr>
            {onSelect && (
              <th className={styles.check}>
                <Checkbox
                  aria-label={t('ui.table.select_page')}
                  checked={chosen > 0 && chosen === keys.length}
                  indeterminate={chosen > 0 && chosen < keys.length}
                  onChange={(event) => onSelect(keys, event.target.checked)}
                />
              </th>
            )}
            {columns.map((column) => (
              <Head
                key={column.key}
                column={column}
                sort={props.sort}
                onSort={props.onSort}
                sortTwice={props.sortTwice}
              />
            ))}
            {rowActions && (
              <th>
                <span className="zk-sr">{t('common.actions')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows
            ? rows.map((row) => <Row key={rowKey(row)} row={row} {...props} />)
            : Array.from({ length: props.bones ?? 8 }, (_, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: bones have no identity
                <tr key={i}>
                  {onSelect && <td />}
                  {columns.map((column, j) => (
                    <td key={column.key} className={column.align === 'right' ? styles.right : ''}>
                      <Bone width={`${[64, 42, 55, 48][(i + j) % 4]}%`} />
                    </td>
                  ))}
                  {rowActions && <td />}
                </tr>
              ))}
        </tbody>
      </table>
    </section>
  )
}

function Head<Row>({
  column,
  sort,
  onSort,
  sortTwice,
}: {
  column: Column<Row>
  sort?: string
  onSort?: (column: Column<Row>, second: boolean) => void
  sortTwice?: boolean
}) {
  const { t } = useTranslation()
  const field = column.sort
  const keys = sortKeys(sort)
  const place = keys.findIndex((key) => field && keyField(key) === field)
  const direction = place < 0 ? undefined : keys[place] === field ? 'ascending' : 'descending'
  const Icon =
    direction === 'ascending' ? ArrowUp : direction === 'descending' ? ArrowDown : ChevronsUpDown
  const text = column.hint ? (
    <Tooltip title={column.hint}>
      <span className={styles.hinted} tabIndex={field ? undefined : 0}>
        {column.title}
      </span>
    </Tooltip>
  ) : (
    column.title
  )
  return (
    <th
      scope="col"
      aria-sort={field ? (place === 0 && direction) || 'none' : undefined}
      style={column.width ? { minWidth: column.width } : undefined}
      className={column.align === 'right' ? styles.right : ''}
    >
      {field && onSort ? (
        <button
          type="button"
          className={`${styles.sort} ${direction ? styles.sorted : ''}`}
          onClick={(e) => onSort(column, e.shiftKey)}
          title={t(sortTwice ? 'ui_sort.by_two' : 'ui.table.sort_by', { column: column.title })}
        >
          {text}
          <Icon size={14} aria-hidden="true" />
          {place >= 0 && keys.length > 1 && (
            <span title={t('ui_sort.place', { n: place + 1 })}>{place + 1}</span>
          )}
        </button>
      ) : (
        text
      )}
    </th>
  )
}

function Row<R>({ row, ...props }: { row: R } & TableViewProps<R>) {
  const { columns, rowKey, rowHref, onOpen, rowActions, selected, onSelect } = props
  const { t } = useTranslation()
  const link = useRef<HTMLElement>(null)
  const key = rowKey(row)
  const opens = Boolean(rowHref || onOpen)

  const click = (event: MouseEvent) => {
    if (!opens || (event.target as Element).closest(interactive)) return
    if (window.getSelection()?.toString()) return // somebody marks text
    if (rowHref && (event.metaKey || event.ctrlKey)) window.open(rowHref(row), '_blank', 'noopener')
    else link.current?.click()
  }
  const state = [
    props.activeKey === key && styles.active,
    props.openKey === key && styles.open,
    selected?.has(key) && styles.selected,
  ]
  return (
    <tr
      className={state.filter(Boolean).join(' ')}
      data-row={key}
      onClick={click}
      aria-current={props.activeKey === key || undefined}
    >
      {onSelect && (
        <td className={styles.check}>
          <Checkbox
            aria-label={t('ui.table.select_row')}
            checked={selected?.has(key)}
            onChange={(event) => onSelect([key], event.target.checked)}
          />
        </td>
      )}
      {columns.map((column, i) => {
        const content = column.render(row)
        return (
          <td
            key={column.key}
            className={`${column.align === 'right' ? styles.right : ''} ${column.ellipsis ? styles.ellipsis : ''}`}
          >
            {i === 0 && opens ? (
              <Opener row={row} rowHref={rowHref} onOpen={onOpen} target={link}>
                {content}
              </Opener>
            ) : (
              content
            )}
          </td>
        )
      })}
      {rowActions && <td className={styles.actions}>{rowActions(row)}</td>}
    </tr>
  )
}

/** The link or button of a row: what a click on the row and Enter trigger. */
export function Opener<R>({
  row,
  rowHref,
  onOpen,
  target,
  children,
}: {
  row: R
  rowHref?: (row: R) => string
  onOpen?: (row: R) => void
  target?: React.RefObject<HTMLElement | null>
  children: ReactNode
}) {
  if (rowHref) {
    return (
      <Link
        ref={target as React.RefObject<HTMLAnchorElement>}
        to={rowHref(row)}
        className={styles.opener}
        data-opener
        onClick={(event) => {
          if (!onOpen || event.metaKey || event.ctrlKey || event.shiftKey) return
          event.preventDefault()
          onOpen(row)
        }}
      >
        {children}
      </Link>
    )
  }
  return (
    <button
      ref={target as React.RefObject<HTMLButtonElement>}
      type="button"
      className={styles.opener}
      data-opener
      onClick={() => onOpen?.(row)}
    >
      {children}
    </button>
  )
}

/** Whether the table is wider than its box: then the box scrolls and says so by a shadow. */
function useOverflow(box: React.RefObject<HTMLDivElement | null>, columns: number): boolean {
  const [wide, setWide] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: other columns change the width
  useLayoutEffect(() => {
    const element = box.current
    const table = element?.querySelector('table')
    if (!element || !table || typeof ResizeObserver === 'undefined') return
    const measure = () => setWide(table.scrollWidth > element.clientWidth + 1)
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    observer.observe(table)
    return () => observer.disconnect()
  }, [box, columns])
  return wide
}

/** A table of rows that are all here: no paging, no server. */
export function SimpleTable<Row>(
  props: Omit<TableViewProps<Row>, 'sort' | 'onSort' | 'selected' | 'onSelect'>,
) {
  return <TableView {...props} />
}
