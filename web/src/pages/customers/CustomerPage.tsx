import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { isStatus } from '@/api/errors'
import {
  Bone,
  Count,
  Day,
  Facts,
  Grid,
  LevelTag,
  Money,
  NotFound,
  Page,
  PageHeader,
  QueryView,
  Section,
  StatCard,
} from '@/kit'
import { type CustomerDetail, listOrders, recentSize, useCustomer } from './api'
import { Behaviours } from './Behaviours'
import { Contacts, Sources } from './Contacts'
import styles from './customers.module.css'
import { byMonth } from './figures'
import { LevelBones, LevelReasons } from './LevelReasons'
import { MonthChart } from './MonthChart'
import { NextStep } from './NextStep'
import { Orders } from './Orders'
import { Windows } from './Windows'
import { KindMark, region, useName } from './words'

/** One customer: who and why on top, the story in the middle, what to do on the right. */
export default function CustomerPage() {
  const { t } = useTranslation()
  const name = useName()
  const text = useParams().id ?? ''
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null
  const query = useCustomer(id)
  const customer = query.data?.customer
  return (
    <Page>
      <PageHeader
        trail={[{ label: t('nav.customers.list'), to: '/customers' }]}
        title={customer ? name(customer) : t('common.customer')}
        badge={
          query.data && (
            <>
              <LevelTag level={query.data.level} />
              <KindMark kind={query.data.customer.kind} />
            </>
          )
        }
      />
      {id === null || isStatus(query.error, 404) ? (
        <NotFound what={t('common.customer')} />
      ) : (
        <QueryView query={query} skeleton={<Skeleton />}>
          {(detail) => <Body key={id} detail={detail} />}
        </QueryView>
      )}
    </Page>
  )
}

function Body({ detail }: { detail: CustomerDetail }) {
  const { t } = useTranslation()
  const { customer, figures, level } = detail
  const [shown, setShown] = useState(recentSize)
  // With fewer orders than come with the page there is nothing more to ask for.
  const whole = detail.orders.length < recentSize
  const query = useInfiniteQuery({
    queryKey: ['customers', 'orders', customer.id],
    enabled: !whole,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => listOrders(customer.id, pageParam, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
  const loaded = query.data?.pages.flatMap((page) => page.items)
  const orders = loaded ?? detail.orders
  const months = byMonth(
    orders,
    figures.as_of,
    whole || (loaded !== undefined && !query.hasNextPage),
  )

  const more = async () => {
    const want = shown + 20
    if (want > orders.length && query.hasNextPage && !query.isFetching) await query.fetchNextPage()
    else if (query.error && !loaded) await query.refetch()
    setShown(want)
  }
  return (
    <>
      <Who detail={detail} />
      <div className={styles.layout}>
        <div className={styles.story}>
          <Section title={t('customers.level.title')}>
            <LevelReasons level={level} />
          </Section>
          <Section
            title={t('customers.windows')}
            note={
              <>
                {t('customers.as_of')} <Day at={figures.as_of} />
              </>
            }
          >
            <Windows figures={figures} />
          </Section>
          {(orders.length > 0 || query.isLoading) && (
            <MonthChart
              months={months}
              loading={query.isLoading}
              partial={!whole && query.hasNextPage}
            />
          )}
          <Section title={t('customers.orders.title')} note={t('customers.orders.note')}>
            <Orders
              orders={orders.slice(0, shown)}
              more={!whole && (orders.length > shown || query.hasNextPage || !loaded)}
              busy={query.isFetching}
              error={query.error}
              onMore={more}
            />
          </Section>
          <Section title={t('customers.behaviours.title')}>
            <Behaviours id={customer.id} newest={detail.behaviours} />
          </Section>
        </div>
        <aside className={styles.aside} aria-label={t('customers.aside')}>
          <NextStep detail={detail} />
          <Contacts customer={customer} />
          <div className={styles.late}>
            <Sources customer={customer} />
          </div>
        </aside>
      </div>
    </>
  )
}

// i18n-keys: customer.gender.*, customer.kind.*
function Who({ detail: { customer, figures } }: { detail: CustomerDetail }) {
  const { t } = useTranslation()
  const none = <span className="zk-muted">–</span>
  const year = figures.windows.find((w) => w.days === 365)
  const all = figures.windows.find((w) => w.days === 0)
  return (
    <>
      <Facts
        columns={2}
        items={[
          { label: t('customer.column.kind'), value: t(`customer.kind.${customer.kind}`) },
          {
            label: t('customer.column.owner'),
            value: customer.owner?.name ?? t('customers.no_owner'),
          },
          { label: t('customers.region'), value: region(customer) || none },
          ...(customer.kind === 'person'
            ? [
                {
                  label: t('customers.gender_birthday'),
                  value:
                    [customer.gender && t(`customer.gender.${customer.gender}`), customer.birthday]
                      .filter(Boolean)
                      .join(' · ') || none,
                },
              ]
            : []),
          ...(customer.company && customer.company !== customer.name
            ? [{ label: t('customers.company'), value: customer.company }]
            : []),
          {
            label: t('customers.taste'),
            value:
              [figures.favourite_category, figures.favourite_brand].filter(Boolean).join(' · ') ||
              none,
          },
          {
            label: t('customers.first_day'),
            value: <Day at={figures.first_day} empty={t('customers.never')} />,
          },
        ]}
      />
      <Grid min={200} pair>
        <StatCard
          label={t('customer.column.net_365')}
          definition={t('customers.hint.net_365')}
          value={<Money fen={year?.net_fen} />}
          note={
            <>
              {t('customer.column.net_all')} <Money fen={all?.net_fen} />
            </>
          }
        />
        <StatCard
          label={t('customer.column.orders_365')}
          definition={t('customers.hint.orders_365')}
          value={<Count value={year?.orders} />}
          note={
            <>
              {t('customer.column.orders_all')} <Count value={all?.orders} />
            </>
          }
        />
        <StatCard
          label={t('customer.column.aov_365')}
          definition={t('customers.hint.aov_365')}
          value={<Money fen={year?.aov_fen} />}
          note={
            <>
              {t('customers.aov_all')} <Money fen={all?.aov_fen} />
            </>
          }
        />
        <StatCard
          label={t('customer.column.last_day')}
          definition={t('customers.hint.rhythm')}
          value={<Day at={figures.last_day} />}
          note={
            figures.days_since !== null && (
              <>
                {t('customers.days_ago', { count: figures.days_since })}
                {figures.interval_days !== null &&
                  ` · ${t('customers.interval', { count: Math.round(figures.interval_days) })}`}
              </>
            )
          }
        />
      </Grid>
    </>
  )
}

/** The page's final shape, without its content. */
function Skeleton() {
  const { t } = useTranslation()
  return (
    <div aria-busy="true" className={styles.story}>
      <Facts
        columns={2}
        items={['kind', 'owner', 'region', 'first'].map((key) => ({
          key,
          label: <Bone width={56} />,
          value: <Bone width={140} />,
        }))}
      />
      <Grid min={200} pair>
        {['net_365', 'orders_365', 'aov_365', 'last_day'].map((key) => (
          <StatCard key={key} loading label={t(`customer.column.${key}`)} definition="" value="" />
        ))}
      </Grid>
      <LevelBones />
      <Bone width="100%" height={220} />
    </div>
  )
}
