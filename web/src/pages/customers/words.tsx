import { Building2, Landmark } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type StatusKind, StatusTag } from '@/kit'
import type { CustomerKind, Order, OrderStatus } from './api'
import styles from './customers.module.css'

/** The mark of a customer that is no person; persons are the rule and carry none. */
export function KindMark({ kind }: { kind: CustomerKind }) {
  const { t } = useTranslation()
  if (kind === 'person') return null
  const Icon = kind === 'company' ? Building2 : Landmark
  // i18n-keys: customer.kind.*
  return (
    <span className={styles.kind}>
      <Icon size={14} aria-hidden="true" />
      {t(`customer.kind.${kind}`)}
    </span>
  )
}

/** "浙江省 杭州市"; a municipality is named once. */
export function region({ province, city }: { province?: string; city?: string }): string {
  return [...new Set([province, city])].filter(Boolean).join(' ')
}

/** A name, or what stands for it: sources without names have customers too. */
export function useName() {
  const { t } = useTranslation()
  return ({ id, name }: { id: number; name: string }) => name || t('customers.nameless', { id })
}

const kinds: Record<OrderStatus, StatusKind> = {
  unpaid: 'warning',
  paid: 'neutral',
  shipped: 'neutral',
  completed: 'success',
  cancelled: 'neutral',
  refunded: 'danger',
  part_refunded: 'warning',
}

// i18n-keys: order.status.*, order.kind.*
export function OrderState({ order }: { order: Pick<Order, 'kind' | 'status'> }) {
  const { t } = useTranslation()
  if (order.kind === 'return') return <StatusTag kind="danger">{t('order.kind.return')}</StatusTag>
  return <StatusTag kind={kinds[order.status]}>{t(`order.status.${order.status}`)}</StatusTag>
}
