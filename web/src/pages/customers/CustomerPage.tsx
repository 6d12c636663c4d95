import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { NotebookPen } from 'lucide-react'
import { type ComponentType, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams, useSearchParams } from 'react-router'
import { isStatus } from '@/api/errors'
import { perm } from '@/app/permissions'
import {
  Bone,
  Count,
  Day,
  Facts,
  Grid,
  LevelTag,
  late,
  Money,
  NotFound,
  Page,
  PageHeader,
  QueryView,
  Section,
  StatCard,
  useMe,
} from '@/kit'
import { CustomerAudiences } from '../audiences/CustomerAudiences'
import { CustomerLifecycle } from '../lifecycle/record/CustomerLifecycle'
import { NextOrder } from '../tiering/models/NextOrder'
import { HandOnlyLine } from '../tiering/record/HandOnly'
import { LevelMenu } from '../tiering/record/LevelMenu'
import { keyOfCode } from './access'
import { type CustomerDetail, listOrders, recentSize, useCustomer } from './api'
import { Behaviours } from './Behaviours'
import { Contacts, Sources } from './Contacts'
import styles from './customers.module.css'
import { AllLevels, LevelBones } from './LevelReasons'
import { MonthChart } from './MonthChart'
import { NextStep } from './NextStep'
import { Orders } from './Orders'
import { useSpendByMonth } from './portrait/api'
import { RecordActions } from './record/Actions'
import { useRecord } from './record/api'
import { Clean } from './record/Clean'
import { TagEditor } from './record/TagEditor'
import { Similar } from './Similar'
import { NoteForm } from './timeline/NoteForm'
import { Windows } from './Windows'
import { KindMark, region, useName } from './words'

const tabs: Record<string, ComponentType<{ id: number; onWrite?: () => void }>> = {
  timeline: late(() => import('./timeline/TimelineTab')),
  portrait: late(() => import('./portrait/PortraitTab')),
  record: late(() => import('./record/RecordTab')),
}

// i18n-keys: customers.tab.*
/** One customer: who and why on top, the story in the middle, what to do on the right. */
export default function CustomerPage() {
  const { t } = useTranslation()
  const name = useName()
  const me = useMe()
  const [params] = useSearchParams()
  const [writing, setWriting] = useState(false)
  const text = useParams().id ?? ''
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null
  const query = useCustomer(id)
  const missing = id === null || isStatus(query.error, 404)
  const customer = query.data?.customer
  // A portrait is made of what somebody bought for how much.
  const open = Object.keys(tabs).filter((key) => key !== 'portrait' || !me.hides('spend', 'orders'))
  const asked = params.get('tab') ?? ''
  const tab = open.includes(asked) ? asked : 'overview'
  const Tab = tabs[tab]
  const notes = me.can(perm.noteWrite) && me.edits('notes')
  const write = notes ? () => setWriting(true) : undefined
  return (
    <Page>
      <PageHeader
        trail={[{ label: t('nav.customers.list'), to: '/customers' }]}
        title={customer ? name(customer) : t('common.customer')}
        badge={
          query.data && (
            <>
              {query.data.levels?.map(
                (d) =>
                  d.level && (
                    <span key={d.code} title={d.name}>
                      <LevelTag level={d.level} />
                    </span>
                  ),
              )}
              <KindMark kind={query.data.customer.kind} />
            </>
          )
        }
        actions={
          customer && (
            <>
              {notes && (
                <Button icon={<NotebookPen size={16} />} onClick={write}>
                  {t('note.write')}
                </Button>
              )}
              <RecordActions id={customer.id} />
            </>
          )
        }
        tabs={
          missing
            ? undefined
            : ['overview', ...open].map((key) => ({
                key,
                label: t(`customers.tab.${key}`),
                to: key === 'overview' ? `/customers/${text}` : `/customers/${text}?tab=${key}`,
              }))
        }
        activeTab={tab}
      />
      {missing ? (
        <NotFound
          what={t('common.customer')}
          back={{ label: t('nav.customers.list'), to: '/customers' }}
        />
      ) : (
        <QueryView query={query} skeleton={<Skeleton />}>
          {(detail) =>
            Tab ? (
              <Suspense fallback={<Bone width="100%" height={320} />}>
                <Tab key={id} id={id} onWrite={write} />
              </Suspense>
            ) : (
              <Body key={id} detail={detail} />
            )
          }
        </QueryView>
      )}
      {id !== null && writing && <NoteForm customer={id} open onClose={() => setWriting(false)} />}
    </Page>
  )
}

function Body({ detail }: { detail: CustomerDetail }) {
  const { t } = useTranslation()
  const name = useName()
  const { customer, figures } = detail
  const me = useMe()
  const [shown, setShown] = useState(recentSize)
  const newest = detail.orders ?? []
  // With fewer orders than come with the page there is nothing more to ask for.
  const whole = newest.length < recentSize
  const query = useInfiniteQuery({
    queryKey: ['customers', 'orders', customer.id],
    enabled: !whole,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => listOrders(customer.id, pageParam, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
  const loaded = query.data?.pages.flatMap((page) => page.items)
  const orders = loaded ?? newest
  const buying = !me.hides('spend', 'orders')
  const spend = useSpendByMonth(customer.id, buying)

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
          {!me.hides('level') && (
            <Section
              title={t('customers.level.title')}
              extra={
                <LevelMenu
                  about={{
                    id: customer.id,
                    name: name(customer),
                    levels: detail.levels ?? [],
                  }}
                />
              }
            >
              <HandOnlyLine id={customer.id} />
              <AllLevels levels={detail.levels} />
            </Section>
          )}
          {!(me.hides('spend') && me.hides('orders')) && (
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
          )}
          {buying && (spend.isLoading || (spend.data?.months.length ?? 0) > 0) && (
            <MonthChart
              months={spend.data?.months ?? []}
              partial={spend.data?.older ?? false}
              loading={spend.isLoading}
            />
          )}
          {!me.hides('orders') && (
            <>
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
                <Behaviours id={customer.id} newest={detail.behaviours ?? []} />
              </Section>
            </>
          )}
        </div>
        <aside className={styles.aside} aria-label={t('customers.aside')}>
          <NextStep detail={detail} />
          <NextOrder id={customer.id} />
          <Similar id={customer.id} />
          <CustomerLifecycle id={customer.id} />
          <Contacts customer={customer} />
          <Clean id={customer.id} />
          <div className={styles.late}>
            <CustomerAudiences id={customer.id} />
          </div>
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
  const me = useMe()
  const none = <span className="zk-muted">–</span>
  const lunar = useRecord(customer.id).data?.birthday_lunar
  const birthday =
    customer.birthday && lunar
      ? `${customer.birthday} ${t('record.birthday.lunar')}`
      : customer.birthday
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
          ...(me.hides('region')
            ? []
            : [{ label: t('customers.region'), value: region(customer) || none }]),
          ...(customer.kind === 'person' && !(me.hides('gender') && me.hides('birthday'))
            ? [
                {
                  label: t('customers.gender_birthday'),
                  value:
                    [customer.gender && t(`customer.gender.${customer.gender}`), birthday]
                      .filter(Boolean)
                      .join(' · ') || none,
                },
              ]
            : []),
          ...(customer.company && customer.company !== customer.name
            ? [{ label: t('customers.company'), value: customer.company }]
            : []),
          ...(me.hides('orders')
            ? []
            : [
                {
                  label: t('customers.taste'),
                  value:
                    [figures.favourite_category, figures.favourite_brand]
                      .filter(Boolean)
                      .join(' · ') || none,
                },
                {
                  label: t('customers.first_day'),
                  value: <Day at={figures.first_day} empty={t('customers.never')} />,
                },
              ]),
          { label: t('common.tags'), wide: true, value: <TagEditor customerId={customer.id} /> },
        ]}
      />
      <Grid min={200} pair>
        {!me.hides('spend') && (
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
        )}
        {!me.hides('orders') && (
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
        )}
        {!me.hides('spend') && (
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
        )}
        {!me.hides('orders') && (
          <StatCard
            label={t('customer.column.last_day')}
            definition={t('customers.hint.rhythm')}
            value={<Day at={figures.last_day} />}
            note={
              figures.days_since != null && (
                <>
                  {t('customers.days_ago', { count: figures.days_since })}
                  {figures.interval_days != null &&
                    ` · ${t('customers.interval', { count: Math.round(figures.interval_days) })}`}
                </>
              )
            }
          />
        )}
      </Grid>
    </>
  )
}

/** The page's final shape, without its content. */
function Skeleton() {
  const { t } = useTranslation()
  const me = useMe()
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
        {['net_365', 'orders_365', 'aov_365', 'last_day']
          .filter((key) => !me.hides(keyOfCode(key)))
          .map((key) => (
            <StatCard
              key={key}
              loading
              label={t(`customer.column.${key}`)}
              definition=""
              value=""
            />
          ))}
      </Grid>
      <LevelBones />
      <Bone width="100%" height={220} />
    </div>
  )
}
