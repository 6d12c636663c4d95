import { ArrowRight } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { EmptyState, Section } from '@/kit'
import type { CustomerDetail } from './api'
import styles from './customers.module.css'
import { useRecord } from './record/api'
import { signals } from './signals'

// i18n-keys: customers.signal.*
/** What the level advises, and what in the figures asks for a step of its own. */
export function NextStep({ detail }: { detail: CustomerDetail }) {
  const { t } = useTranslation()
  const { level, figures, customer } = detail
  const birthday = useRecord(customer.id).data?.birthday_info?.next ?? null
  const found = signals(figures, birthday, figures.as_of)
  if (!level?.advice && found.length === 0) {
    return (
      <Section boxed title={t('customers.next.title')}>
        <EmptyState
          compact
          icon={null}
          title={t('customers.next.none')}
          text={t('customers.next.none_text')}
        />
      </Section>
    )
  }
  return (
    <section className={styles.next} aria-label={t('customers.next.title')}>
      <h2>{t('customers.next.title')}</h2>
      {level?.advice && <p>{level.advice}</p>}
      {found.length > 0 && (
        <ul>
          {found.map(({ code, params }) => (
            <li key={code}>
              <ArrowRight size={15} aria-hidden="true" />
              <span>{t(`customers.signal.${code}`, params)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
