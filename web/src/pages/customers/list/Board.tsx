import { useQueryClient } from '@tanstack/react-query'
import { Button, Dropdown } from 'antd'
import { MoreVertical } from 'lucide-react'
import { type DragEvent, type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { perm } from '@/app/permissions'
import {
  Bones,
  EmptyState,
  ErrorState,
  LevelTag,
  SearchField,
  SortedBy,
  ToneTag,
  useFormat,
  useMe,
  useSay,
} from '@/kit'
import { KindMark, useName } from '../words'
import {
  type BoardColumn,
  type Board as BoardData,
  type BoardQuery,
  boardColumn,
  type FieldInfo,
  type ListRow,
  useBoard,
} from './api'
import styles from './board.module.css'
import { cardFields } from './card'
import { Cell } from './columns'
import { FilterBar } from './FilterBar'
import { columnOf, extended, moved } from './move'
import type { List } from './useList'
import { versionOf, writeField, written } from './write'

/** The list as columns of cards by the value of a field; a card is moved by drag or by its menu. */
export default function Board({
  list,
  fields,
  bar,
  onOpen,
}: {
  list: List
  fields: FieldInfo[] | undefined
  bar: ReactNode
  onOpen: (row: ListRow) => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const { shown, change, q } = list
  const shownFields = useMemo(
    () => cardFields(shown.columns, shown.groupBy, fields),
    [shown.columns, shown.groupBy, fields],
  )
  const query: BoardQuery = {
    group_by: shown.groupBy,
    filter: shown.filter ? JSON.stringify(shown.filter) : undefined,
    q: q || undefined,
    sort: shown.sort,
    columns: shownFields.map((f) => f.code).join(',') || undefined,
  }
  const key = ['customers', 'board', query]
  const board = useBoard(query)
  const field = fields?.find((f) => f.code === shown.groupBy)
  const assigns = field?.code === 'owner' || field?.code === 'department'
  const movable =
    Boolean(field?.editable) &&
    me.can(perm.customerEdit) &&
    (!assigns || me.can(perm.customerAssign))
  const [dragged, setDragged] = useState<number | null>(null)
  const [over, setOver] = useState<string | null>(null)

  // The pool and "without" are no value that a card can be given where one must be.
  const takes = (column: string) =>
    movable && (column !== '' || (field?.code !== 'owner' && !field?.required))
  const move = async (id: number, to: string) => {
    const before = client.getQueryData<BoardData>(key)
    if (!before || !field || !takes(to)) return
    const from = columnOf(before, id)
    if (from === null || from === to) return
    await client.cancelQueries({ queryKey: key })
    client.setQueryData<BoardData>(key, (now) => now && moved(now, id, to))
    const ids = field.type === 'staff' || field.type === 'department'
    const value = (column: string) => (column === '' ? null : ids ? Number(column) : column)
    try {
      await writeField(id, await versionOf(id), field, value(to))
      written(client, id)
      client.invalidateQueries({ queryKey: ['customers', 'list'] })
      const label = before.columns.find((c) => c.key === to)?.label ?? to
      done(t('ui_list.board.moved', { column: label }))
    } catch (error) {
      // Only this card goes back: others may have been moved meanwhile.
      client.setQueryData<BoardData>(key, (now) => now && moved(now, id, from))
      client.invalidateQueries({ queryKey: key })
      fail(error)
    }
  }
  const more = async (column: BoardColumn) => {
    if (!column.next_cursor) return
    try {
      const page = await boardColumn(query, column.key, column.next_cursor)
      client.setQueryData<BoardData>(key, (now) => now && extended(now, column.key, page))
    } catch (error) {
      fail(error)
    }
  }

  const body = () => {
    if (board.error && !board.data)
      return <ErrorState error={board.error} onRetry={() => board.refetch()} />
    if (!board.data) return <Bones rows={8} />
    if (board.data.columns.every((c) => c.items.length === 0)) {
      return (
        <EmptyState
          title={t('ui.table.no_match')}
          text={t('ui.table.no_match_text')}
          action={
            (shown.filter || q) && (
              <Button onClick={list.clear}>{t('ui.table.clear_filters')}</Button>
            )
          }
        />
      )
    }
    return (
      <>
        <section
          className={styles.board}
          aria-label={t('ui_list.board.by_field', { field: field?.label ?? shown.groupBy })}
          aria-busy={board.isPlaceholderData}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways
          tabIndex={0}
        >
          {board.data.columns.map((column) => (
            <Column
              key={column.key}
              column={column}
              board={board.data}
              fields={shownFields}
              level={shown.groupBy !== 'level' && shown.columns.includes('level')}
              target={dragged !== null && over === column.key && takes(column.key)}
              takes={takes}
              onMore={() => more(column)}
              onOpen={onOpen}
              onMove={move}
              onDrag={setDragged}
              onOver={(event) => {
                if (dragged === null || !takes(column.key)) return
                event.preventDefault()
                if (over !== column.key) setOver(column.key)
              }}
              onDrop={(event) => {
                event.preventDefault()
                if (dragged !== null) move(dragged, column.key)
                setDragged(null)
                setOver(null)
              }}
            />
          ))}
        </section>
        {board.data.more && <p className="zk-muted">{t('ui_list.board.more')}</p>}
      </>
    )
  }
  return (
    <div className={styles.whole}>
      <div className={styles.bar}>
        <SearchField value={q} placeholder={t('customers.search')} onChange={list.find} />
        <FilterBar fields={fields} filter={shown.filter} onChange={(f) => change({ filter: f })} />
        {(shown.filter || q) && (
          <Button type="text" onClick={list.clear}>
            {t('ui.table.clear_filters')}
          </Button>
        )}
        <div className={styles.end}>{bar}</div>
      </div>
      <SortedBy sort={shown.sort} name={(code) => fields?.find((f) => f.code === code)?.label} />
      {!movable && field && board.data && (
        <p className="zk-muted">{t('ui_list.board.fixed', { field: field.label })}</p>
      )}
      {body()}
    </div>
  )
}

interface ColumnProps {
  column: BoardColumn
  board: BoardData
  fields: FieldInfo[]
  /** The level stands on the cards. */
  level: boolean
  /** A card is held above it. */
  target: boolean
  takes: (column: string) => boolean
  onMore: () => Promise<void>
  onOpen: (row: ListRow) => void
  onMove: (id: number, to: string) => void
  onDrag: (id: number | null) => void
  onOver: (event: DragEvent) => void
  onDrop: (event: DragEvent) => void
}

function Column({ column, target, onMore, onOver, onDrop, ...rest }: ColumnProps) {
  const { t } = useTranslation()
  const f = useFormat()
  const [busy, setBusy] = useState(false)
  return (
    <section
      className={`${styles.lane} ${target ? styles.laneOver : ''}`}
      aria-label={column.label}
      onDragOver={onOver}
      onDrop={onDrop}
    >
      <h2 className={styles.laneHead}>
        {column.tone > 0 ? <ToneTag tone={column.tone}>{column.label}</ToneTag> : column.label}
        {column.total !== null && (
          <span className="zk-muted zk-num">
            {f.count(column.total)}
            {column.total_capped && '+'}
          </span>
        )}
      </h2>
      <ul className={styles.cards}>
        {column.items.map((row) => (
          <Card key={row.id} row={row} here={column.key} {...rest} />
        ))}
      </ul>
      {column.items.length === 0 && <p className="zk-muted">{t('ui_list.board.empty')}</p>}
      {column.next_cursor && (
        <Button
          size="small"
          type="text"
          block
          loading={busy}
          onClick={async () => {
            setBusy(true)
            await onMore()
            setBusy(false)
          }}
        >
          {t('common.load_more')}
        </Button>
      )}
    </section>
  )
}

function Card({
  row,
  here,
  board,
  fields,
  level,
  takes,
  onOpen,
  onMove,
  onDrag,
}: {
  row: ListRow
  here: string
} & Pick<ColumnProps, 'board' | 'fields' | 'level' | 'takes' | 'onOpen' | 'onMove' | 'onDrag'>) {
  const { t } = useTranslation()
  const name = useName()
  const targets = board.columns.filter((c) => c.key !== here && takes(c.key))
  const movable = targets.length > 0
  return (
    <li
      className={styles.card}
      draggable={movable}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', String(row.id))
        onDrag(row.id)
      }}
      onDragEnd={() => onDrag(null)}
    >
      <div className={styles.cardHead}>
        <Link
          to={`/customers/${row.id}`}
          draggable={false}
          className={styles.cardName}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return
            event.preventDefault()
            onOpen(row)
          }}
        >
          {name(row)} <KindMark kind={row.kind} />
        </Link>
        {movable && (
          <Dropdown
            trigger={['click']}
            menu={{
              className: styles.menu,
              items: targets.map((c) => ({
                key: `to:${c.key}`,
                label: t('ui_list.board.move_to', { column: c.label }),
                onClick: () => onMove(row.id, c.key),
              })),
            }}
          >
            <Button
              type="text"
              size="small"
              icon={<MoreVertical size={14} />}
              aria-label={t('ui_list.board.move', { name: name(row) })}
            />
          </Dropdown>
        )}
      </div>
      {level && row.level && <LevelTag level={row.level} />}
      {fields.map((field) => (
        <div key={field.code} className={styles.cardLine}>
          <span className="zk-muted">{field.label}</span>
          <span>
            <Cell field={field} row={row} />
          </span>
        </div>
      ))}
    </li>
  )
}
