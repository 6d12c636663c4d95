import { App, Button, Segmented, Select } from 'antd'
import { LayoutList, SquareKanban, Target, Upload } from 'lucide-react'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useNavigate, useSearchParams } from 'react-router'
import type { ListQuery } from '@/api/types'
import { perm } from '@/app/permissions'
import {
  Bones,
  Can,
  DataTable,
  Day,
  EmptyState,
  ErrorState,
  FirstUse,
  LinkButton,
  Page,
  PageHeader,
  useIsPhone,
  useMe,
} from '@/kit'
import { AddToList } from '../audiences/static/AddToList'
import type { Customer } from './api'
import { CustomerDrawer } from './CustomerDrawer'
import { ListFigure } from './ListFigure'
import { type FieldInfo, type ListRow, queryCustomers, useCatalogue } from './list/api'
import { ColumnChooser } from './list/ColumnChooser'
import { Cell, useColumns } from './list/columns'
import { EditCell } from './list/EditCell'
import { ExportMenu } from './list/ExportMenu'
import { FilterBar } from './list/FilterBar'
import { simple } from './list/SetInput'
import { type Layout, type List, useList, usual } from './list/useList'
import { ViewBar } from './list/ViewBar'
import { NewButton } from './record/NewButton'

const Board = lazy(() => import('./list/Board'))
const BulkDrawer = lazy(() => import('./list/BulkDrawer'))

/** Who the lists show, by saved views and nested filters, as a table or a board. */
export default function CustomersPage() {
  const { t } = useTranslation()
  const me = useMe()
  const [params, setParams] = useSearchParams()
  const location = useLocation()
  const list = useList()
  const catalogue = useCatalogue()
  const [asOf, setAsOf] = useState<string | null>(null)
  const [none, setNone] = useState(false)
  const [row, setRow] = useState<Customer | null>(null)

  const open = Number(params.get('customer')) || null
  const show = (customer: Customer | null) => {
    setRow(customer)
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (customer) next.set('customer', String(customer.id))
        else next.delete('customer')
        return next
      },
      // The place in the list stands in the history entry.
      { state: location.state, preventScrollReset: true, replace: open !== null },
    )
  }
  const load = useCallback(async (query: ListQuery, signal: AbortSignal) => {
    const page = await queryCustomers(query, signal)
    setAsOf(page.as_of)
    setNone(page.total === 0 && !query.q && !query.filter)
    return page
  }, [])

  const body = () => {
    if (list.gone) {
      return (
        <EmptyState
          title={t('ui_list.view.gone')}
          text={t('errors.list.view_not_found')}
          action={<Button onClick={() => list.pick(null)}>{t('ui_list.view.everyone')}</Button>}
        />
      )
    }
    if (list.pending) return <Bones rows={8} />
    if (list.shown.layout === 'board') {
      return (
        <Suspense fallback={<Bones rows={8} />}>
          <Board
            list={list}
            fields={catalogue.data}
            bar={<Tools list={list} fields={catalogue.data} />}
            onOpen={show}
          />
        </Suspense>
      )
    }
    return (
      <Table
        list={list}
        fields={catalogue.data}
        load={load}
        open={open}
        onOpen={show}
        export={me.can(perm.customerExport)}
      />
    )
  }
  return (
    <Page>
      <PageHeader
        title={t('nav.customers.list')}
        purpose={
          asOf && !none ? (
            <>
              {t('customers.as_of')} <Day at={asOf} />
            </>
          ) : (
            t('customers.purpose')
          )
        }
        actions={
          !none && (
            <>
              <Can permission={perm.customerBulk}>
                <LinkButton to="/customers/bulk">{t('ui_list.bulk.past')}</LinkButton>
              </Can>
              <ImportButton />
              <NewButton />
            </>
          )
        }
      />
      {catalogue.error && !catalogue.data && (
        <ErrorState compact error={catalogue.error} onRetry={() => catalogue.refetch()} />
      )}
      {list.views.error && !list.views.data && (
        <ErrorState compact error={list.views.error} onRetry={() => list.views.refetch()} />
      )}
      {!none && <ViewBar list={list} />}
      {body()}
      <CustomerDrawer
        id={open}
        known={row && row.id === open ? row : undefined}
        onClose={() => show(null)}
      />
    </Page>
  )
}

/** Table or board, and what a board is grouped by. */
function Tools({ list, fields }: { list: List; fields: FieldInfo[] | undefined }) {
  const { t } = useTranslation()
  const { shown, change } = list
  return (
    <>
      {shown.layout === 'board' && (
        <Select
          aria-label={t('ui_list.board.by')}
          value={shown.groupBy}
          popupMatchSelectWidth={false}
          onChange={(groupBy) => change({ groupBy })}
          options={fields
            ?.filter((f) => f.groupable)
            .map((f) => ({
              value: f.code,
              label: t('ui_list.board.by_field', { field: f.label }),
            }))}
        />
      )}
      <Segmented<Layout>
        aria-label={t('ui_list.layout')}
        value={shown.layout}
        onChange={(layout) => change({ layout })}
        options={[
          {
            value: 'table',
            icon: <LayoutList size={16} aria-label={t('ui_list.layout.table')} />,
          },
          {
            value: 'board',
            icon: <SquareKanban size={16} aria-label={t('ui_list.layout.board')} />,
          },
        ]}
      />
    </>
  )
}

function Table({
  list,
  fields,
  load,
  open,
  onOpen,
  export: exports,
}: {
  list: List
  fields: FieldInfo[] | undefined
  load: (query: ListQuery, signal: AbortSignal) => ReturnType<typeof queryCustomers>
  open: number | null
  onOpen: (row: ListRow | null) => void
  export: boolean
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
            {!phone && (
              <ColumnChooser
                fields={fields}
                columns={shown.columns}
                onChange={(c) => change({ columns: c })}
                onReset={() => change({ columns: usual.columns })}
              />
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
        empty={<First />}
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

function ImportButton({ large }: { large?: boolean }) {
  const { t } = useTranslation()
  return (
    <Can permission={perm.importRun}>
      <LinkButton
        to="/imports/new"
        type={large ? 'primary' : 'default'}
        size={large ? 'large' : 'middle'}
        icon={<Upload size={16} />}
      >
        {t('customers.import')}
      </LinkButton>
    </Can>
  )
}

function First() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <FirstUse
      title={t('customers.first.title')}
      text={t('customers.first.text')}
      points={[t('customers.first.one'), t('customers.first.two'), t('customers.first.three')]}
      figure={<ListFigure />}
      action={me.can(perm.importRun) ? <ImportButton large /> : <p>{t('customers.first.ask')}</p>}
    />
  )
}
