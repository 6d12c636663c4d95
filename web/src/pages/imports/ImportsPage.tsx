import { Upload } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ListQuery } from '@/api/types'
import { perm } from '@/app/permissions'
import {
  Can,
  type Column,
  Count,
  DataTable,
  DateTime,
  type FilterDef,
  FirstUse,
  LinkButton,
  Page,
  PageHeader,
  ToneTag,
  useMe,
} from '@/kit'
import { type Import, isEnded, kinds, listImports, statuses, useSources } from './api'
import { FileFigure } from './FileFigure'
import { SumBar } from './SumBar'
import { ImportState, useWho } from './words'

const narrowing = ['status', 'kind', 'source_id', 'mine']

// i18n-keys: import.status.*, import.kind.*
/** Every file that was brought in, what became of it, and the way to the next one. */
export default function ImportsPage() {
  const { t } = useTranslation()
  const [live, setLive] = useState(false)
  const [none, setNone] = useState(false)
  const sources = useSources()
  const load = useCallback(async (query: ListQuery, signal: AbortSignal) => {
    const page = await listImports(query, signal)
    setLive(page.items.some((x) => !isEnded(x.status)))
    setNone(page.total === 0 && !narrowing.some((key) => query[key]))
    return page
  }, [])
  const filters = useMemo<FilterDef[]>(
    () => [
      {
        key: 'status',
        label: t('common.status'),
        type: 'select',
        multiple: true,
        options: statuses.map((s) => ({ value: s, label: t(`import.status.${s}`) })),
      },
      {
        key: 'kind',
        label: t('imports.kind'),
        type: 'select',
        options: kinds.map((k) => ({ value: k, label: t(`import.kind.${k}`) })),
      },
      {
        key: 'source_id',
        label: t('common.source'),
        type: 'select',
        options: (sources.data ?? []).map((s) => ({ value: String(s.id), label: s.name })),
      },
      {
        key: 'mine',
        label: t('imports.who'),
        type: 'select',
        options: [{ value: 'true', label: t('imports.who.me') }],
      },
    ],
    [sources.data, t],
  )
  return (
    <Page>
      <PageHeader
        title={t('nav.customers.imports')}
        purpose={t('imports.purpose')}
        actions={
          !none && (
            <>
              <Can permission={perm.importRun}>
                <LinkButton to="/imports/mappings">{t('imports.mappings')}</LinkButton>
              </Can>
              <NewButton />
            </>
          )
        }
      />
      <DataTable<Import>
        id="imports"
        label={t('nav.customers.imports')}
        queryKey={['imports', 'list']}
        load={load}
        filters={filters}
        columns={useColumns()}
        rowHref={(x) => `/imports/${x.id}`}
        refetchInterval={live ? 3000 : undefined}
        empty={<First />}
      />
    </Page>
  )
}

function NewButton({ large }: { large?: boolean }) {
  const { t } = useTranslation()
  return (
    <Can permission={perm.importRun}>
      <LinkButton
        to="/imports/new"
        type="primary"
        size={large ? 'large' : 'middle'}
        icon={<Upload size={16} />}
      >
        {t('imports.new')}
      </LinkButton>
    </Can>
  )
}

function First() {
  const { t } = useTranslation()
  const me = useMe()
  return (
    <FirstUse
      title={t('imports.first.title')}
      text={t('imports.first.text')}
      points={[t('imports.first.one'), t('imports.first.two'), t('imports.first.three')]}
      figure={<FileFigure />}
      action={me.can(perm.importRun) ? <NewButton large /> : <p>{t('imports.first.ask')}</p>}
    />
  )
}

function useColumns(): Column<Import>[] {
  const { t } = useTranslation()
  const who = useWho()
  return useMemo<Column<Import>[]>(
    () => [
      {
        key: 'file',
        title: t('imports.file'),
        required: true,
        render: (x) => (
          <span className="zk-break">
            {x.file_name} {x.dry_run && <ToneTag tone={0}>{t('imports.dry_run')}</ToneTag>}
          </span>
        ),
      },
      {
        key: 'kind',
        title: t('imports.kind'),
        render: (x) => t(`import.kind.${x.kind}`),
      },
      {
        key: 'source',
        title: t('common.source'),
        render: (x) => x.source_name,
      },
      {
        key: 'status',
        title: t('common.status'),
        phone: 'aside',
        render: (x) => <ImportState status={x.status} />,
      },
      {
        key: 'rows',
        title: t('imports.rows_read'),
        align: 'right',
        render: (x) => <Count value={x.rows_read} />,
      },
      {
        key: 'result',
        title: t('imports.result'),
        width: 280,
        phone: 'wide',
        render: (x) => <SumBar of={x} short />,
      },
      {
        key: 'created_at',
        title: t('common.created_at'),
        render: (x) => <DateTime at={x.created_at} />,
      },
      {
        key: 'who',
        title: t('imports.who'),
        phone: 'none',
        render: (x) => who(x) ?? <span className="zk-muted">–</span>,
      },
    ],
    [t, who],
  )
}
