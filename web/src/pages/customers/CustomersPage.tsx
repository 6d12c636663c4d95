import { Upload } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useSearchParams } from 'react-router'
import type { ListQuery } from '@/api/types'
import { perm } from '@/app/permissions'
import {
  Can,
  type Column,
  Count,
  DataTable,
  Day,
  type FilterDef,
  FirstUse,
  LevelTag,
  LinkButton,
  Money,
  Page,
  PageHeader,
  useMe,
  type View,
} from '@/kit'
import { type Customer, type CustomerOptions, listCustomers, useOptions } from './api'
import { CustomerDrawer } from './CustomerDrawer'
import { ListFigure } from './ListFigure'
import { KindMark, region, useName } from './words'

/** Everybody who ever bought, with the main figures; a click opens the card. */
export default function CustomersPage() {
  const { t } = useTranslation()
  const me = useMe()
  const [params, setParams] = useSearchParams()
  const location = useLocation()
  const [asOf, setAsOf] = useState<string | null>(null)
  const [none, setNone] = useState(false)
  const [row, setRow] = useState<Customer | null>(null)
  const options = useOptions()

  const load = useCallback(async (query: ListQuery, signal: AbortSignal) => {
    const page = await listCustomers(query, signal)
    setAsOf(page.as_of)
    setNone(
      page.total === 0 && Object.keys(query).every((key) => key === 'limit' || key === 'sort'),
    )
    return page
  }, [])

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

  const filters = useFilters(options.data, params.get('province'))
  const views = useViews(options.data, asOf)
  const columns = useColumns()
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
        actions={!none && <ImportButton />}
      />
      <DataTable<Customer>
        id="customers"
        label={t('nav.customers')}
        queryKey={['customers', 'list']}
        load={load}
        search={t('customers.search')}
        defaultSort="-net_365"
        filters={filters}
        views={views}
        columns={columns}
        rowHref={(c) => `/customers/${c.id}`}
        onOpen={show}
        openKey={open}
        exportPath={me.can(perm.customerExport) ? '/customers/export' : undefined}
        empty={<First />}
      />
      <CustomerDrawer
        id={open}
        known={row && row.id === open ? row : undefined}
        onClose={() => show(null)}
      />
    </Page>
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

function useColumns(): Column<Customer>[] {
  const { t } = useTranslation()
  const name = useName()
  // i18n-keys: customer.gender.*, customer.kind.*
  return useMemo<Column<Customer>[]>(
    () => [
      {
        key: 'name',
        title: t('customer.column.name'),
        required: true,
        render: (c) => (
          <>
            {name(c)} <KindMark kind={c.kind} />
          </>
        ),
      },
      {
        key: 'level',
        title: t('customer.column.level'),
        hint: t('customers.hint.level'),
        phone: 'aside',
        render: (c) => <LevelTag level={c.level} />,
      },
      {
        key: 'phone',
        title: t('customer.column.phone'),
        render: (c) => <Masked text={c.phone} />,
      },
      {
        key: 'city',
        title: t('customers.region'),
        phone: 'none',
        render: (c) =>
          region(c) ? (
            <span className="zk-num">{region(c)}</span>
          ) : (
            <span className="zk-muted">–</span>
          ),
      },
      {
        key: 'net_365',
        title: t('customer.column.net_365'),
        hint: t('customers.hint.net_365'),
        align: 'right',
        sort: 'net_365',
        sortFirst: 'desc',
        render: (c) => <Money fen={c.net_365_fen} />,
      },
      {
        key: 'orders_365',
        title: t('customer.column.orders_365'),
        hint: t('customers.hint.orders_365'),
        align: 'right',
        render: (c) => <Count value={c.orders_365} />,
      },
      {
        key: 'aov_365',
        title: t('customer.column.aov_365'),
        hint: t('customers.hint.aov_365'),
        align: 'right',
        phone: 'none',
        hidden: true,
        render: (c) => <Money fen={c.aov_365_fen} />,
      },
      {
        key: 'last_day',
        title: t('customer.column.last_day'),
        sort: 'last_day',
        sortFirst: 'desc',
        render: (c) => <Day at={c.last_day} />,
      },
      {
        key: 'days_since',
        title: t('customer.column.days_since'),
        hint: t('customers.hint.days_since'),
        align: 'right',
        hidden: true,
        phone: 'none',
        render: (c) => <Count value={c.days_since} />,
      },
      {
        key: 'owner',
        title: t('customer.column.owner'),
        phone: 'none',
        render: (c) => c.owner?.name ?? <span className="zk-muted">–</span>,
      },
      {
        key: 'net_all',
        title: t('customer.column.net_all'),
        hint: t('customers.hint.net_all'),
        align: 'right',
        sort: 'net_all',
        sortFirst: 'desc',
        hidden: true,
        phone: 'none',
        render: (c) => <Money fen={c.net_all_fen} />,
      },
      {
        key: 'orders_all',
        title: t('customer.column.orders_all'),
        align: 'right',
        hidden: true,
        phone: 'none',
        render: (c) => <Count value={c.orders_all} />,
      },
      {
        key: 'favourite_category',
        title: t('customer.column.favourite_category'),
        hint: t('customers.hint.category'),
        hidden: true,
        phone: 'none',
        render: (c) => c.favourite_category || <span className="zk-muted">–</span>,
      },
      {
        key: 'email',
        title: t('customer.column.email'),
        hidden: true,
        phone: 'none',
        render: (c) => <Masked text={c.email} />,
      },
      {
        key: 'kind',
        title: t('customer.column.kind'),
        hidden: true,
        phone: 'none',
        render: (c) => t(`customer.kind.${c.kind}`),
      },
      {
        key: 'gender',
        title: t('customer.column.gender'),
        hidden: true,
        phone: 'none',
        render: (c) =>
          c.gender ? t(`customer.gender.${c.gender}`) : <span className="zk-muted">–</span>,
      },
      {
        key: 'province',
        title: t('customer.column.province'),
        hidden: true,
        phone: 'none',
        render: (c) => c.province || <span className="zk-muted">–</span>,
      },
      {
        key: 'id',
        title: t('customer.column.id'),
        align: 'right',
        sort: 'id',
        hidden: true,
        phone: 'none',
        render: (c) => <span className="zk-num">{c.id}</span>,
      },
    ],
    [t, name],
  )
}

function Masked({ text }: { text: string | null }) {
  if (!text) return <span className="zk-muted">–</span>
  return <span className="zk-num">{text}</span>
}

// i18n-keys: customer.kind.*
function useFilters(options: CustomerOptions | undefined, province: string | null): FilterDef[] {
  const { t } = useTranslation()
  return useMemo(() => {
    const choice = (values: string[]) => values.map((value) => ({ value, label: value }))
    const defs: FilterDef[] = []
    if (options && options.levels.length > 0) {
      defs.push({
        key: 'level',
        label: t('customer.column.level'),
        type: 'select',
        multiple: true,
        options: options.levels.map((l) => ({ value: l.code, label: l.name })),
      })
    }
    defs.push(
      { key: 'last_day', label: t('customer.column.last_day'), type: 'dates' },
      { key: 'net_365', label: t('customers.filter.net_365'), type: 'range', unit: 'fen' },
      { key: 'orders_365', label: t('customer.column.orders_365'), type: 'range' },
      {
        key: 'kind',
        label: t('customer.column.kind'),
        type: 'select',
        options: (['person', 'company', 'org'] as const).map((value) => ({
          value,
          label: t(`customer.kind.${value}`),
        })),
      },
    )
    if (options && options.sources.length > 0) {
      defs.push({
        key: 'source',
        label: t('customers.source'),
        type: 'select',
        options: options.sources.map((s) => ({ value: String(s.id), label: s.name })),
      })
    }
    if (options && options.regions.length > 0) {
      defs.push({
        key: 'province',
        label: t('customer.column.province'),
        type: 'select',
        options: choice(options.regions.map((r) => r.province)),
      })
      // Cities are offered once a province is chosen: all of them are too many to choose from.
      const cities = options.regions.find((r) => r.province === province)?.cities ?? []
      if (cities.length > 0) {
        defs.push({
          key: 'city',
          label: t('customer.column.city'),
          type: 'select',
          options: choice(cities),
        })
      }
    }
    return defs
  }, [t, options, province])
}

/** The views every company has a use for: the best level, buyers of late, those who stay away. */
function useViews(options: CustomerOptions | undefined, asOf: string | null): View[] {
  const { t } = useTranslation()
  return useMemo(() => {
    const views: View[] = []
    const best = options?.levels[0]
    if (best) {
      views.push({ key: 'best', label: best.name, filters: { level: best.code } })
    }
    if (asOf) {
      views.push(
        {
          key: 'recent',
          label: t('customers.view.recent'),
          filters: { last_day: `${daysBefore(asOf, 29)}..` },
          sort: '-last_day',
        },
        {
          key: 'silent',
          label: t('customers.view.silent'),
          filters: { last_day: `..${daysBefore(asOf, 180)}` },
          sort: '-net_all',
        },
      )
    }
    return views
  }, [t, options, asOf])
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10)
}
