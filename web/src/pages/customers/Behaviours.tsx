import { useInfiniteQuery } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { Eye, Heart, type LucideIcon, MessageSquareText, ShoppingCart } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Bone, DateTime, EmptyState, ErrorState, useFormat } from '@/kit'
import { type Behaviour, type BehaviourKind, listBehaviours, recentSize } from './api'
import styles from './customers.module.css'

const icons: Record<BehaviourKind, LucideIcon> = {
  view: Eye,
  cart: ShoppingCart,
  favourite: Heart,
  review: MessageSquareText,
}

// i18n-keys: order.behaviour.*
/** What the customer did without buying, newest first. */
export function Behaviours({ id, newest }: { id: number; newest: Behaviour[] }) {
  const { t } = useTranslation()
  const [kind, setKind] = useState<BehaviourKind | ''>('')
  const [asked, setAsked] = useState(false)
  const whole = newest.length < recentSize
  const query = useInfiniteQuery({
    queryKey: ['customers', 'behaviours', id, kind],
    enabled: !whole && (asked || kind !== ''),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => listBehaviours(id, kind, pageParam, signal),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })
  if (newest.length === 0) {
    return (
      <EmptyState
        compact
        icon={null}
        title={t('customers.behaviours.none')}
        text={t('customers.behaviours.none_text')}
      />
    )
  }
  const loaded = query.data?.pages.flatMap((page) => page.items)
  const known = kind === '' ? newest : whole ? newest.filter((b) => b.kind === kind) : undefined
  const items = loaded ?? known
  const more = !whole && (loaded ? query.hasNextPage : kind === '')
  return (
    <>
      <Segmented
        className={styles.kinds}
        aria-label={t('customers.behaviours.kind')}
        value={kind}
        onChange={(value) => setKind(value as BehaviourKind | '')}
        options={[
          { value: '', label: t('common.all') },
          ...(Object.keys(icons) as BehaviourKind[]).map((value) => ({
            value,
            label: t(`order.behaviour.${value}`),
          })),
        ]}
      />
      {items ? (
        items.length === 0 ? (
          <EmptyState compact icon={null} title={t('customers.behaviours.none_of_kind')} />
        ) : (
          <ul className={styles.behaviours}>
            {items.map((item) => (
              <BehaviourItem key={item.id} item={item} />
            ))}
          </ul>
        )
      ) : query.error ? null : (
        <ul className={styles.behaviours} aria-busy="true">
          {[56, 40, 64, 48].map((width) => (
            <li key={width}>
              <Bone width={`${width}%`} />
            </li>
          ))}
        </ul>
      )}
      {query.error ? (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      ) : (
        more && (
          <div className={styles.more}>
            <Button
              loading={query.isFetching}
              onClick={() => (loaded ? query.fetchNextPage() : setAsked(true))}
            >
              {t('customers.behaviours.more')}
            </Button>
          </div>
        )
      )}
    </>
  )
}

function BehaviourItem({ item }: { item: Behaviour }) {
  const { t } = useTranslation()
  const f = useFormat()
  const Icon = icons[item.kind]
  return (
    <li>
      <Icon size={16} aria-hidden="true" />
      <span className={styles.behaviourText}>
        {t(`order.behaviour.${item.kind}`)}{' '}
        <strong>
          {item.product?.name || item.product?.code || t('customers.orders.no_product')}
        </strong>
        {item.quantity_milli > 1000 && (
          <span className="zk-muted zk-num"> × {f.count(item.quantity_milli / 1000, 3)}</span>
        )}
        {item.rating !== null && (
          <span className="zk-muted"> {t('customers.rating', { count: item.rating })}</span>
        )}
      </span>
      <span className="zk-muted">
        <DateTime at={item.at} />
      </span>
    </li>
  )
}
