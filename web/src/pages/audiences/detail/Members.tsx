import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { ExternalLink } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import {
  Bones,
  DataTable,
  EmptyState,
  ErrorState,
  LinkButton,
  useIsPhone,
  useMe,
  useSay,
} from '@/kit'
import type { Customer } from '../../customers/api'
import { CustomerDrawer } from '../../customers/CustomerDrawer'
import {
  type FieldInfo,
  type ListRow,
  queryCustomers,
  useCatalogue,
} from '../../customers/list/api'
import { ColumnChooser } from '../../customers/list/ColumnChooser'
import { Cell, useColumns } from '../../customers/list/columns'
import { ExportMenu } from '../../customers/list/ExportMenu'
import { seen, usual } from '../../customers/list/useList'
import { addEntries, type FullAudience, removeEntries, written } from '../api'
import { WhyButton } from '../Why'
import { listOf } from './drill'

/** Who is in it: the list of customers, narrowed to the members. */
export default function Members({ audience }: { audience: FullAudience }) {
  const { t } = useTranslation()
  const catalogue = useCatalogue()
  if (catalogue.error && !catalogue.data) {
    return <ErrorState compact error={catalogue.error} onRetry={() => catalogue.refetch()} />
  }
  if (!catalogue.data) return <Bones rows={8} />
  return <Table audience={audience} fields={catalogue.data} label={t('audiences.members')} />
}

function Table({
  audience,
  fields,
  label,
}: {
  audience: FullAudience
  fields: FieldInfo[]
  label: string
}) {
  const { t } = useTranslation()
  const me = useMe()
  const phone = useIsPhone()
  const [open, setOpen] = useState<Customer | null>(null)
  const [chosen, setChosen] = useState(usual.columns)
  const shown = useMemo(() => seen({ ...usual, columns: chosen }, me.hides), [chosen, me.hides])
  const cell = useCallback((field: FieldInfo, row: ListRow) => <Cell field={field} row={row} />, [])
  const columns = useColumns(shown.columns, fields, cell)
  const codes = useMemo(() => columns.map((c) => c.key), [columns])
  const filter = useMemo(
    () => ({ field: 'audience', op: 'any', value: [audience.id] }),
    [audience.id],
  )
  const edits =
    audience.kind === 'static' && audience.archived_at === null && me.can(perm.audienceEdit)
  return (
    <>
      <DataTable<ListRow>
        id="audience-members"
        local
        label={label}
        queryKey={['customers', 'list', 'audience', audience.id]}
        load={queryCustomers}
        search={t('customers.search')}
        defaultSort={shown.sort}
        fixed={{ filter, columns: codes }}
        ownColumns
        columns={columns}
        rowHref={(c) => `/customers/${c.id}`}
        onOpen={setOpen}
        openKey={open?.id ?? null}
        rowActions={
          audience.kind === 'dynamic'
            ? (c) => <WhyButton audience={audience.id} customer={c.id} name={c.name} />
            : undefined
        }
        toolbar={
          <>
            <LinkButton
              type="text"
              to={listOf(audience.id)}
              icon={<ExternalLink size={16} />}
              aria-label={t('audiences.open_list')}
              title={t('audiences.open_list')}
            />
            {me.can(perm.customerExport) && (
              <ExportMenu body={{ filter, sort: shown.sort, columns: codes }} />
            )}
            {!phone && (
              <ColumnChooser
                fields={fields}
                columns={shown.columns}
                onChange={setChosen}
                onReset={() => setChosen(usual.columns)}
              />
            )}
          </>
        }
        bulk={
          edits
            ? ({ keys, clear }) => (
                <RemoveButton audience={audience} ids={keys as number[]} onDone={clear} />
              )
            : undefined
        }
        empty={
          <EmptyState
            title={t('audiences.nobody')}
            text={t(audience.kind === 'static' ? 'audiences.nobody_list' : 'audiences.nobody_rule')}
          />
        }
      />
      <CustomerDrawer
        id={open?.id ?? null}
        known={open ?? undefined}
        onClose={() => setOpen(null)}
      />
    </>
  )
}

function RemoveButton({
  audience,
  ids,
  onDone,
}: {
  audience: FullAudience
  ids: number[]
  onDone: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done, fail } = useSay()
  const [busy, setBusy] = useState(false)
  const remove = async () => {
    setBusy(true)
    try {
      const { changed } = await removeEntries(audience.id, { customer_ids: ids })
      written(client)
      done(t('audiences.list.removed', { count: changed }), async () => {
        await addEntries(audience.id, { customer_ids: ids })
        written(client)
      })
      onDone()
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button size="small" danger loading={busy} onClick={remove}>
      {t('audiences.list.remove')}
    </Button>
  )
}
