import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../format'
import { useIsPhone } from '../media'
import { SearchField } from '../SearchField'
import { EmptyState, ErrorState } from '../states'
import { Cards } from './Cards'
import { ExportButton } from './Export'
import { Filters } from './Filters'
import { PhoneSort } from './PhoneSort'
import { TableSettings, visibleColumns } from './Settings'
import { SortedBy } from './SortedBy'
import { useSaved } from './saved'
import { keyField, listQuery, nextSecond, nextSort, searchKey, sizes, sortKeys } from './state'
import { TableView } from './TableView'
import styles from './table.module.css'
import type { DataTableProps, FilterDef, RowKey } from './types'
import { useListState } from './useListState'
import { useRowKeys } from './useRowKeys'
import { Views } from './Views'

const none: FilterDef[] = []
const byId = (row: object) => (row as { id: RowKey }).id

/**
 * A list of the server: search, filters, views, sort, columns, density, keyset
 * paging, export, keyboard, cards on a phone, and every state it can be in.
 */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { id, queryKey, load, columns, filters: defs = none, defaultSort = '', fixed } = props
  const rowKey = props.rowKey ?? byId
  const { t } = useTranslation()
  const f = useFormat()
  const phone = useIsPhone()
  const client = useQueryClient()
  const box = useRef<HTMLDivElement>(null)
  const [saved, setSaved] = useSaved(id)
  const { state, change, forward, back } = useListState({
    id,
    defs,
    sort: defaultSort,
    size: saved.size,
    local: props.local ?? false,
  })
  const [chosen, setChosen] = useState<Map<RowKey, Row>>(new Map())
  const [everyone, setEveryone] = useState(false)

  const query = listQuery(state, defs, fixed)
  const options = (q: typeof query) => ({
    queryKey: [...queryKey, q],
    queryFn: ({ signal }: { signal: AbortSignal }) => load(q, signal),
  })
  const list = useQuery({
    ...options(query),
    placeholderData: keepPreviousData,
    refetchInterval: props.refetchInterval,
  })
  const rows = list.data?.items
  const total = list.data?.total ?? null
  const more = total !== null && list.data?.total_capped
  const totalText = total === null ? '' : `${f.count(total)}${more ? '+' : ''}`
  const next = list.data?.next_cursor ?? null
  const first = state.cursors.length * state.size + 1
  const filtered = Object.values(state.filters).some(Boolean) || Boolean(props.narrowed?.on)
  const clearFilters = () => {
    // Both write the address: the one that is asked last must not undo the other.
    if (props.narrowed?.on) props.narrowed.clear()
    else change({ filters: {} })
  }
  const keys = useMemo(() => rows?.map(rowKey) ?? [], [rows, rowKey])
  const shown = props.ownColumns ? columns : visibleColumns(columns, saved.columns)

  const select = useCallback(
    (which: RowKey[], on: boolean) => {
      setEveryone(false)
      setChosen((before) => {
        const after = new Map(before)
        for (const row of rows ?? []) {
          const key = rowKey(row)
          if (!which.includes(key)) continue
          if (on) after.set(key, row)
          else after.delete(key)
        }
        return after
      })
    },
    [rows, rowKey],
  )
  const clear = () => {
    setChosen(new Map())
    setEveryone(false)
  }
  // "All that match" is of the filters it was said for.
  const matching = JSON.stringify([state.filters, fixed])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a change of the filters counts
  useEffect(() => setEveryone(false), [matching])
  const selected = useMemo(() => new Set(chosen.keys()), [chosen])
  const active = useRowKeys({
    enabled: !props.local && !phone,
    keys,
    box,
    onToggle: props.bulk ? (key) => select([key], !selected.has(key)) : undefined,
    onMore: (pressed, key) => {
      const act = props.rowKeys?.[pressed]
      const row = rows?.find((r) => rowKey(r) === key)
      if (!act || !row) return false
      act(row)
      return true
    },
  })

  const sortName = (field: string) =>
    columns.find((c) => c.sort === field)?.title ?? props.sortName?.(field)
  // Cards have no heads, and a table has them of what it shows.
  const sortSeen = sortKeys(state.sort).every((key) =>
    shown.some((c) => c.sort === keyField(key) && !(phone && c.phone === 'none')),
  )

  const bar = (
    <div className={`${styles.bar} zk-noprint`}>
      {props.search !== undefined && (
        <SearchField
          placeholder={props.search}
          value={state.filters[searchKey] ?? ''}
          onChange={(q) => change({ filters: { ...state.filters, [searchKey]: q } })}
        />
      )}
      {props.bar}
      <Filters defs={defs} values={state.filters} onChange={(filters) => change({ filters })} />
      {filtered && (
        <Button type="text" onClick={clearFilters}>
          {t('ui.table.clear_filters')}
        </Button>
      )}
      <div className={styles.barEnd}>
        {total !== null && (
          <output className={styles.total}>{t('ui.table.total', { total: totalText })}</output>
        )}
        {props.toolbar}
        {phone && (
          <PhoneSort
            sort={state.sort}
            columns={columns}
            name={sortName}
            twice={props.sortTwice}
            onChange={(sort) => change({ sort })}
          />
        )}
        {props.exportPath && (
          <ExportButton
            path={props.exportPath}
            name={id}
            query={{
              ...query,
              limit: undefined,
              cursor: undefined,
              columns: shown.map((c) => c.key),
            }}
          />
        )}
        {!phone && (
          <TableSettings
            columns={columns}
            saved={saved}
            onChange={setSaved}
            densityOnly={props.ownColumns}
          />
        )}
      </div>
    </div>
  )

  const selection = props.bulk && chosen.size > 0 && (
    <div className={`${styles.bar} ${styles.selection}`} role="status">
      <span>
        {total === null
          ? t('ui.table.selected', { count: chosen.size })
          : t('ui.table.selected_of', {
              chosen: everyone ? totalText : f.count(chosen.size),
              total: totalText,
            })}
      </span>
      {props.bulkAll && !everyone && total !== null && chosen.size < total && (
        <Button type="link" size="small" onClick={() => setEveryone(true)}>
          {t('ui.table.select_all', { total: totalText })}
        </Button>
      )}
      {props.bulk({
        keys: [...chosen.keys()],
        rows: [...chosen.values()],
        all: everyone,
        total,
        totalCapped: Boolean(more),
        clear,
      })}
      <div className={styles.barEnd}>
        <Button type="text" onClick={clear}>
          {t('ui.table.clear_selection')}
        </Button>
      </div>
    </div>
  )

  const body = () => {
    if (list.error && !rows) return <ErrorState error={list.error} onRetry={() => list.refetch()} />
    if (rows && rows.length === 0 && state.cursors.length === 0) {
      if (!filtered) return props.empty ?? <EmptyState title={t('ui.table.nothing')} />
      return (
        <EmptyState
          title={t('ui.table.no_match')}
          text={t('ui.table.no_match_text')}
          action={<Button onClick={clearFilters}>{t('ui.table.clear_filters')}</Button>}
        />
      )
    }
    const common = {
      label: props.label,
      columns: shown,
      rows,
      rowKey,
      rowHref: props.rowHref,
      onOpen: props.onOpen,
      rowActions: props.rowActions,
    }
    if (phone) return <Cards {...common} />
    return (
      <TableView
        {...common}
        sticky={!props.local}
        compact={saved.density === 'compact'}
        sort={state.sort}
        sortTwice={props.sortTwice}
        onSort={(c, second) => {
          if (!c.sort) return
          const leads = (field: string) => columns.some((x) => x.sort === field && x.sortLeads)
          const sort =
            second && props.sortTwice
              ? nextSecond(state.sort, c.sort, c.sortFirst, leads)
              : nextSort(state.sort, c.sort, c.sortFirst)
          change({ sort })
        }}
        activeKey={active}
        openKey={props.openKey}
        selected={props.bulk ? selected : undefined}
        onSelect={props.bulk ? select : undefined}
        stale={list.isPlaceholderData}
        bones={Math.min(state.size, 10)}
      />
    )
  }

  const paged = rows !== undefined && (rows.length > 0 || state.cursors.length > 0)
  // With nothing there at all, searching and filtering would only be in the way of the first step.
  if (rows?.length === 0 && !filtered && state.cursors.length === 0 && props.empty) {
    return <div ref={box}>{body()}</div>
  }
  return (
    <div ref={box}>
      <Views
        preset={props.views ?? []}
        own={saved.views}
        state={state}
        onSave={(views) => setSaved({ views })}
        onPick={(view) =>
          change({ filters: { ...view?.filters }, sort: view?.sort ?? defaultSort })
        }
      />
      {selection || bar}
      {!sortSeen && <SortedBy sort={state.sort} name={sortName} />}
      {list.error && rows && (
        <ErrorState compact error={list.error} onRetry={() => list.refetch()} />
      )}
      {body()}
      {paged && (
        <div className={`${styles.foot} zk-noprint`}>
          <span className="zk-num">
            {rows.length > 0 &&
              t(total === null ? 'ui.table.range' : 'ui.table.range_of', {
                from: f.count(first),
                to: f.count(first + rows.length - 1),
                total: totalText,
              })}
          </span>
          <div className={styles.pages}>
            {!phone && (
              <Select
                size="small"
                aria-label={t('ui.table.page_size')}
                value={state.size}
                options={sizes.map((n) => ({
                  value: n,
                  label: t('common.page_size', { count: n }),
                }))}
                onChange={(size) => {
                  setSaved({ size })
                  change({ size })
                }}
              />
            )}
            <Button
              size={phone ? 'middle' : 'small'}
              icon={<ChevronLeft size={16} />}
              disabled={state.cursors.length === 0}
              onClick={back}
            >
              {t('ui.table.previous')}
            </Button>
            <Button
              size={phone ? 'middle' : 'small'}
              icon={<ChevronRight size={16} />}
              iconPlacement="end"
              disabled={!next || list.isPlaceholderData}
              onMouseEnter={() => {
                if (next) client.prefetchQuery(options({ ...query, cursor: next }))
              }}
              onClick={() => next && forward(next)}
            >
              {t('ui.table.next')}
            </Button>
          </div>
        </div>
      )}
    </div>
  )
}
