import { ArrowRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import {
  Bone,
  Count,
  Day,
  DetailDrawer,
  EmptyState,
  ErrorState,
  Facts,
  Grid,
  LevelTag,
  LinkButton,
  Money,
  Section,
  StatCard,
  useMe,
} from '@/kit'
import { type Customer, type CustomerDetail, useCustomer } from './api'
import styles from './customers.module.css'
import { AllLevels, LevelBones } from './LevelReasons'
import { NextStep } from './NextStep'
import { KindMark, OrderState, region, useName } from './words'

/**
 * One customer beside the list. What the row already knows is shown at once;
 * reasons and orders follow.
 */
export function CustomerDrawer({
  id,
  known,
  onClose,
}: {
  id: number | null
  known?: Customer
  onClose: () => void
}) {
  const { t } = useTranslation()
  const name = useName()
  const query = useCustomer(id)
  const detail = query.data
  const head = known ?? (detail && summary(detail))
  return (
    <DetailDrawer
      open={id !== null}
      onClose={onClose}
      width={600}
      title={
        head ? (
          <span className={styles.drawerTitle}>
            {name(head)} <KindMark kind={head.kind} /> <LevelTag level={head.level} />
          </span>
        ) : (
          t('common.customer')
        )
      }
      extra={
        id !== null && (
          <LinkButton to={`/customers/${id}`} icon={<ArrowRight size={15} />} iconPlacement="end">
            {t('customers.open_page')}
          </LinkButton>
        )
      }
    >
      {query.error && !detail ? (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      ) : (
        <Body head={head} detail={detail} />
      )}
    </DetailDrawer>
  )
}

function Body({ head, detail }: { head?: Summary; detail?: CustomerDetail }) {
  const { t } = useTranslation()
  const none = <span className="zk-muted">–</span>
  const bone = <Bone width={120} />
  const text = (value: string | null | undefined) => (head ? value || none : bone)
  const me = useMe()
  return (
    <>
      <Facts
        items={[
          { key: 'phone', label: t('customer.column.phone'), value: text(head?.phone) },
          { key: 'email', label: t('customer.column.email'), value: text(head?.email) },
          { key: 'region', label: t('customers.region'), value: text(head && region(head)) },
          { key: 'owner', label: t('customer.column.owner'), value: text(head?.owner?.name) },
        ].filter(({ key }) => !me.hides(key))}
      />
      <Grid min={200} pair>
        {!me.hides('spend') && (
          <StatCard
            loading={!head}
            label={t('customer.column.net_365')}
            definition={t('customers.hint.net_365')}
            value={<Money fen={head?.net_365_fen} />}
            note={
              head && (
                <>
                  {t('customer.column.net_all')} <Money fen={head.net_all_fen} />
                </>
              )
            }
          />
        )}
        {!me.hides('orders') && (
          <StatCard
            loading={!head}
            label={t('customer.column.orders_365')}
            definition={t('customers.hint.orders_365')}
            value={<Count value={head?.orders_365} />}
            note={
              head && (
                <>
                  {t('customer.column.orders_all')} <Count value={head.orders_all} />
                </>
              )
            }
          />
        )}
        {!me.hides('spend') && (
          <StatCard
            loading={!head}
            label={t('customer.column.aov_365')}
            definition={t('customers.hint.aov_365')}
            value={<Money fen={head?.aov_365_fen} />}
            note={detail && <Interval days={detail.figures.interval_days} />}
          />
        )}
        {!me.hides('orders') && (
          <StatCard
            loading={!head}
            label={t('customer.column.last_day')}
            definition={t('customers.hint.days_since')}
            value={<Day at={head?.last_day} />}
            note={
              head && head.days_since != null && t('customers.days_ago', { count: head.days_since })
            }
          />
        )}
      </Grid>
      {!me.hides('level') && (
        <Section title={t('customers.level.title')}>
          {detail ? <AllLevels levels={detail.levels} /> : <LevelBones />}
        </Section>
      )}
      {detail?.level?.advice && <NextStep detail={detail} />}
      {!me.hides('orders') && (
        <Section title={t('customers.orders.recent')}>
          {detail ? <RecentOrders detail={detail} /> : <LevelBones />}
        </Section>
      )}
    </>
  )
}

function Interval({ days }: { days: number | null | undefined }) {
  const { t } = useTranslation()
  if (days == null) return null
  return t('customers.interval', { count: Math.round(days) })
}

function RecentOrders({ detail }: { detail: CustomerDetail }) {
  const { t } = useTranslation()
  const orders = detail.orders ?? []
  if (orders.length === 0) {
    return <EmptyState compact icon={null} title={t('customers.orders.none')} />
  }
  return (
    <ul className={styles.brief}>
      {orders.slice(0, 3).map((order) => (
        <li key={order.id}>
          <Day at={order.day} />
          <span className={styles.briefText}>
            {order.lines[0]?.product?.name || order.external_id}
          </span>
          <OrderState order={order} />
          <Money fen={order.net_fen} />
        </li>
      ))}
    </ul>
  )
}

type Summary = Pick<
  Customer,
  | 'id'
  | 'name'
  | 'kind'
  | 'phone'
  | 'email'
  | 'province'
  | 'city'
  | 'owner'
  | 'level'
  | 'net_365_fen'
  | 'net_all_fen'
  | 'orders_365'
  | 'orders_all'
  | 'aov_365_fen'
  | 'last_day'
  | 'days_since'
>

/** The row of the list made of the page: for an address that names a customer of no loaded row. */
function summary({ customer, figures, level }: CustomerDetail): Summary {
  const at = (days: number) => figures.windows.find((w) => w.days === days)
  const contact = (kind: string) => customer.contacts.find((c) => c.kind === kind)?.masked ?? null
  const [year, all] = [at(365), at(0)]
  return {
    ...customer,
    phone: contact('phone'),
    email: contact('email'),
    level,
    net_365_fen: year?.net_fen,
    net_all_fen: all?.net_fen,
    orders_365: year?.orders,
    orders_all: all?.orders,
    aov_365_fen: year?.aov_fen,
    last_day: figures.last_day,
    days_since: figures.days_since,
  }
}
