import { Drawer, Segmented } from 'antd'
import { Check, Minus, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { Bones, EmptyState, ErrorState, type Format, StatusTag, useFormat, useIsPhone } from '@/kit'
import { CustomerPicker } from '../customers/record/CustomerPicker'
import {
  type Asked,
  type Example,
  type Explained,
  type Reason,
  useExplained,
  waitsFor,
} from './builder/api'
import styles from './builder/explain.module.css'
import type { RuleNode } from './builder/node'
import { Waiting } from './builder/Waiting'

interface Props {
  /** A saved audience … */
  audienceId?: number
  /** … or a rule that is being edited. */
  rule?: RuleNode | null
  asOf?: string
  /** The customer to begin with. */
  customerId?: number
  /** Customers to choose from at once. */
  offers?: Pick<Example, 'id' | 'name'>[]
  onClose: () => void
}

/** Which conditions hold of one customer, which do not, and the values behind them. */
export default function Explain({
  audienceId,
  rule = null,
  asOf = '',
  customerId,
  offers = [],
  onClose,
}: Props) {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const [customer, setCustomer] = useState(customerId ?? offers[0]?.id)
  // It goes away when it has closed: then the focus is back where it came from.
  const [open, setOpen] = useState(true)
  const asked: Asked = { rule, audience: audienceId, asOf }
  const query = useExplained(asked, customer)
  const name =
    offers.find((c) => c.id === customer)?.name ??
    (query.data?.customer_id === customer ? query.data?.name : undefined)
  const waiting = waitsFor(query.error)
  const shown = query.data?.customer_id === customer ? query.data : undefined
  return (
    <Drawer
      open={open}
      onClose={() => setOpen(false)}
      afterOpenChange={(opened) => {
        if (!opened) onClose()
        else if (customer === undefined) document.getElementById('explain-customer')?.focus()
      }}
      title={t('ui_audience_builder.explain')}
      size={phone ? '100%' : 620}
    >
      <div className={styles.body}>
        <label className={styles.pick} htmlFor="explain-customer">
          <span>{t('ui_audience_builder.explain.who')}</span>
          <CustomerPicker
            id="explain-customer"
            except={0}
            known={name}
            value={customer}
            onChange={setCustomer}
          />
        </label>
        {offers.length > 0 && !customerId && (
          <div className={styles.offers}>
            <Segmented<number>
              size="small"
              aria-label={t('ui_audience_builder.examples')}
              value={customer}
              onChange={setCustomer}
              options={offers.slice(0, 5).map((c) => ({
                value: c.id,
                label: c.name || t('ui_audience_builder.nameless'),
              }))}
            />
          </div>
        )}
        {customer === undefined ? (
          <EmptyState
            compact
            title={t('ui_audience_builder.explain.none')}
            text={t('ui_audience_builder.explain.none_text')}
          />
        ) : waiting ? (
          <Waiting>{waiting}</Waiting>
        ) : query.error ? (
          <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
        ) : shown ? (
          <Answer explained={shown} />
        ) : (
          <Bones />
        )}
      </div>
    </Drawer>
  )
}

function Answer({ explained }: { explained: Explained }) {
  const { t } = useTranslation()
  const { holds, tree } = explained
  return (
    <>
      <div className={styles.answer} role="status">
        <StatusTag kind={holds ? 'success' : 'neutral'}>
          {t(holds ? 'ui_audience_builder.explain.in' : 'ui_audience_builder.explain.out')}
        </StatusTag>
        <Link to={`/customers/${explained.customer_id}`} target="_blank" rel="noopener">
          {explained.name || t('ui_audience_builder.nameless')}
        </Link>
        <span className="zk-muted">
          {t('ui_audience_builder.explain.day', { day: explained.as_of })}
        </span>
      </div>
      <ul className={styles.tree}>
        <Node reason={tree} />
      </ul>
    </>
  )
}

function Node({ reason }: { reason: Reason }) {
  const { t } = useTranslation()
  const f = useFormat()
  const { kind, holds, children, audience, sentence } = reason
  const text = said(reason, f)
  const group = kind === 'all' || kind === 'any' || kind === 'not'
  // A "not" around one group or condition is said in its head.
  // i18n-keys: ui_audience_builder.reason.*
  const words = group ? t(`ui_audience_builder.reason.${kind}`) : sentence
  return (
    <li>
      <div className={styles.node}>
        <Mark holds={holds} />
        <span className={group ? styles.join : styles.said}>
          {words}
          {audience && (
            <>
              {' '}
              <Link to={`/audiences/${audience.id}`} target="_blank" rel="noopener">
                {audience.name}
              </Link>
            </>
          )}
        </span>
        {/* What an audience means stands below it; what holds without a value is not nothing. */}
        {!group && kind === 'condition' && (text || (!holds && children.length === 0)) && (
          <span className={text ? styles.value : `${styles.value} zk-muted`}>
            {text || <Minus size={14} aria-label={t('ui_audience_builder.explain.nothing')} />}
          </span>
        )}
      </div>
      {children.length > 0 && (
        <ul>
          {children.map((child) => (
            <Node key={child.path} reason={child} />
          ))}
        </ul>
      )}
    </li>
  )
}

/** The value behind a condition, figures as on every page. */
function said({ type, value, text }: Reason, f: Format): string {
  if (typeof value !== 'number') return text
  if (type === 'money') return f.money(value)
  return type === 'number' ? f.count(value, 2) : text
}

function Mark({ holds }: { holds: boolean }) {
  const { t } = useTranslation()
  const Icon = holds ? Check : X
  return (
    <span className={holds ? styles.yes : styles.no}>
      <Icon
        size={15}
        role="img"
        aria-label={t(holds ? 'ui_audience_builder.holds' : 'ui_audience_builder.holds_not')}
      />
    </span>
  )
}
