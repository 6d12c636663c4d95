import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Upload } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { api, ok } from '@/api/client'
import type { Overview } from '@/api/types'
import { perm } from '@/app/permissions'
import { prefetch } from '@/app/routes'
import {
  Can,
  Count,
  DateTime,
  EmptyState,
  FirstUse,
  Grid,
  Money,
  Page,
  PageHeader,
  QueryView,
  StatCard,
  useFormat,
  useMe,
} from '@/kit'
import { FirstFigure } from './FirstFigure'
import { Latest } from './Latest'
import { Levels } from './Levels'
import { MySteps } from './MySteps'
import { OwedSteps } from './OwedSteps'
import styles from './overview.module.css'
import { Revenue } from './Revenue'
import { Todos } from './Todos'

/** What a person sees first: how the company stands, and what waits. */
export default function OverviewPage() {
  const { t } = useTranslation()
  const me = useMe()
  const query = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => ok(api.GET('/overview', { signal })),
    refetchInterval: 60_000,
  })
  const data = query.data
  const empty =
    data && !data.totals_hidden && data.customers.total === 0 && data.last_import === null
  const counted = data && !data.totals_hidden && data.as_of > 0
  return (
    <Page>
      <PageHeader
        title={t('nav.overview')}
        purpose={
          counted && !empty ? (
            <>
              {me.company.name && `${me.company.name} · `}
              {t('overview.as_of')} <DateTime at={data.as_of} />
            </>
          ) : (
            t('overview.purpose')
          )
        }
        actions={!empty && <ImportButton />}
      />
      <QueryView query={query} skeleton={<Body />}>
        {(overview) => (empty ? <First /> : <Body data={overview} />)}
      </QueryView>
    </Page>
  )
}

function ImportButton({ primary }: { primary?: boolean }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return (
    <Can permission={perm.importRun}>
      <Button
        type="primary"
        size={primary ? 'large' : 'middle'}
        icon={<Upload size={16} />}
        onMouseEnter={() => prefetch('/imports/new')}
        onClick={() => navigate('/imports/new')}
      >
        {t('overview.import')}
      </Button>
    </Can>
  )
}

function First() {
  const { t } = useTranslation()
  return (
    <FirstUse
      title={t('overview.first.title')}
      text={t('overview.first.text')}
      points={[t('overview.first.one'), t('overview.first.two'), t('overview.first.three')]}
      figure={<FirstFigure />}
      action={<ImportButton primary />}
    />
  )
}

function Body({ data }: { data?: Overview }) {
  return (
    <>
      {data && data.todos.length > 0 && <Todos items={data.todos} />}
      {data && <MySteps />}
      {data && <OwedSteps />}
      {data?.totals_hidden ? <Hidden /> : <Totals data={data} />}
      {data && <Latest data={data} />}
    </>
  )
}

/** Someone whose scope is not the whole company: their customers are one click away. */
function Hidden() {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon={null}
      title={t('overview.hidden')}
      text={t('overview.hidden_text')}
      action={<Link to="/customers">{t('overview.own_customers')}</Link>}
    />
  )
}

function Totals({ data }: { data?: Overview }) {
  const { t } = useTranslation()
  const f = useFormat()
  // Not computed yet: an import has just ended, or is at work.
  const loading = !data || data.as_of === 0
  return (
    <>
      <Grid min={240} pair>
        <StatCard
          loading={loading}
          label={t('overview.customers')}
          value={<Count value={data?.customers.total} />}
          definition={t('overview.customers.definition')}
          note={data && t('overview.customers.new', { value: f.count(data.customers.new_30d) })}
          to="/customers"
        />
        <StatCard
          loading={loading}
          label={t('overview.new_customers')}
          value={<Count value={data?.customers.new_30d} />}
          definition={t('overview.new_customers.definition')}
          comparison={
            data && {
              now: data.customers.new_30d,
              base: data.customers.new_prior_30d,
              label: t('overview.vs_30d'),
            }
          }
        />
        <StatCard
          loading={loading}
          label={t('overview.orders')}
          value={<Count value={data?.orders.last_30d} />}
          definition={t('overview.orders.definition', {
            total: data ? f.count(data.orders.total) : '',
          })}
          comparison={
            data && {
              now: data.orders.last_30d,
              base: data.orders.prior_30d,
              label: t('overview.vs_30d'),
            }
          }
        />
        <StatCard
          loading={loading}
          label={t('overview.revenue')}
          value={<Money fen={data?.net_revenue_365d_fen} short />}
          definition={t('overview.revenue.definition')}
          comparison={
            data && {
              now: data.net_revenue_365d_fen,
              base: data.net_revenue_prior_365d_fen,
              label: t('overview.vs_365d'),
            }
          }
        />
      </Grid>
      <div className={styles.split}>
        <Revenue months={loading ? undefined : data.revenue_by_month} />
        <Levels data={data} />
      </div>
    </>
  )
}
