import { App, Button } from 'antd'
import { Target } from 'lucide-react'
import { type ReactNode, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { ListQuery } from '@/api/types'
import { perm } from '@/app/permissions'
import { Bones, Can, DataTable, late, useIsPhone, useMe } from '@/kit'
import { AddToList } from '../../audiences/static/AddToList'
import type { FieldInfo, ListRow, queryCustomers } from './api'
import { Cell, useColumns } from './columns'
import { EditCell } from './EditCell'
import { ExportMenu } from './ExportMenu'
import { FilterBar } from './FilterBar'
import { simple } from './SetInput'
import { Tools } from './Tools'
import type { List } from './useList'

const BulkDrawer = late(() => import('./BulkDrawer'), { over: true })

/** The list as a table with the columns that were chosen; as cards on a phone. */
export function CustomerTable({
  list,
  fields,
  load,
  open,
  onOpen,
  export: exports,
  empty,
}: {
  list: List
  fields: FieldInfo[] | undefined
  load: (query: ListQuery, signal: AbortSignal) => ReturnType<typeof queryCustomers>
  open: number | null
  onOpen: (row: ListRow | null) => void
  export: boolean
  /** Shown where there is no customer at all. */
  empty: ReactNode
}) {
  const { t } = useTranslation()
  const me = useMe()
  const navigate = useNavigate()
  const phone = useIsPhone()
  const { shown, change, q } = list
  const { message } = App.useApp()
  const [editing, setEditing] = useState<{ id: number; code: string } | null>(null)
  const edits = me.can(perm.customerEdit) && !phone
  const cell = useCallback(
    (field: FieldInfo, row: ListRow) =>
      edits && simple(field) ? (
        <EditCell
          field={field}
          row={row}
          editing={editing?.id === row.id && editing.code === field.code}
          onEdit={(on) => setEditing(on ? { id: row.id, code: field.code } : null)}
        />
      ) : (
        <Cell field={field} row={row} />
      ),
    [edits, editing],
  )
  const columns = useColumns(shown.columns, fields, cell)
  const first = useMemo(
    () => shown.columns.find((code) => fields?.some((f) => f.code === code && simple(f))),
    [shown.columns, fields],
  )
  const [bulk, setBulk] = useState<{ ids: number[] | null; count: number; clear: () => void }>()
  const filter = shown.filter ?? undefined
  const codes = useMemo(
    () => columns.map((c) => c.key).filter((code) => fields?.some((f) => f.code === code)),
    [columns, fields],
  )
  if (!fields) return <Bones rows={8} />
  return (
    <>
      <DataTable<ListRow>
        id="customers"
        label={t('nav.customers')}
        queryKey={['customers', 'list']}
        load={load}
        search={t('customers.search')}
        defaultSort={list.base.sort}
        sortTwice
        sortName={(code) => fields.find((f) => f.code === code)?.label}
        fixed={{ filter, columns: codes }}
        narrowed={{ on: shown.filter !== null, clear: list.clear }}
        bar={
          <>
            <FilterBar
              fields={fields}
              filter={shown.filter}
              onChange={(f) => change({ filter: f })}
            />
            {shown.filter && (
              <Can permission={perm.audienceEdit}>
                <Button
                  type="text"
                  icon={<Target size={15} />}
                  onClick={() => navigate('/audiences/new', { state: { rule: shown.filter } })}
                >
                  {t('audiences.save_as')}
                </Button>
              </Can>
            )}
          </>
        }
        ownColumns
        columns={columns}
        rowHref={(c) => `/customers/${c.id}`}
        onOpen={onOpen}
        openKey={open}
        rowKeys={
          edits
            ? {
                e: (r) =>
                  first
                    ? setEditing({ id: r.id, code: first })
                    : message.info(t('ui_list.edit_none')),
              }
            : undefined
        }
        toolbar={
          <>
            {exports && (
              <ExportMenu body={{ q: q || undefined, filter, sort: shown.sort, columns: codes }} />
            )}
            <Tools list={list} fields={fields} />
          </>
        }
        bulkAll
        bulk={
          me.can(perm.customerBulk) || me.can(perm.audienceEdit)
            ? ({ keys, all, total, clear }) => (
                <>
                  <Can permission={perm.customerBulk}>
                    <Button
                      type="primary"
                      size="small"
                      onClick={() =>
                        setBulk({
                          ids: all ? null : (keys as number[]),
                          count: all ? (total ?? 0) : keys.length,
                          clear,
                        })
                      }
                    >
                      {t('ui_list.bulk.edit')}
                    </Button>
                  </Can>
                  <AddToList
                    entries={
                      all
                        ? { filter: filter ?? {}, q: q || undefined }
                        : { customer_ids: keys as number[] }
                    }
                    count={all ? (total ?? 0) : keys.length}
                    onDone={clear}
                  />
                </>
              )
            : undefined
        }
        empty={empty}
      />
      {bulk && (
        <Suspense fallback={null}>
          <BulkDrawer
            fields={fields}
            selection={
              bulk.ids
                ? { ids: bulk.ids }
                : filter || q
                  ? { q: q || undefined, filter }
                  : { all: true }
            }
            count={bulk.count}
            onClose={(changed) => {
              if (changed) bulk.clear()
              setBulk(undefined)
            }}
          />
        </Suspense>
      )}
    </>
  )
}
