import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { pageExists } from '@/app/routes'
import { Can, type Column, Count, Grid, LinkButton, Section, SimpleTable, StatCard } from '@/kit'
import type { Import, Rounding } from './api'
import { Findings } from './Findings'
import shared from './imports.module.css'
import { Outcome } from './Outcome'
import { ErrorFile, Reasons, Rejects } from './Rejects'
import { told, yuan } from './result'
import styles from './result.module.css'
import { SumBar } from './SumBar'

/** What an import came to: the sum, what it made, what was in the file, what was refused. */
export function Result({ of }: { of: Import }) {
  const { t } = useTranslation()
  const rejects = useRef<HTMLDivElement>(null)
  const show = () => {
    rejects.current?.scrollIntoView({ block: 'start' })
    rejects.current?.focus({ preventScroll: true })
  }
  return (
    <>
      <Outcome of={of} onRejects={show} />
      <Section title={t('imports.sum')}>
        <SumBar of={of} />
      </Section>
      {of.rows_read > 0 && <Made of={of} />}
      <Findings of={of} />
      <Next of={of} />
      <Again of={of} />
      <Inside of={of} />
      {of.kind === 'orders' && of.rows_read > 0 && <Amounts of={of} />}
      {of.rejected > 0 && (
        <div ref={rejects} tabIndex={-1} className={styles.rejects}>
          <Section
            title={t('imports.rejects')}
            note={t('imports.rejects.note')}
            extra={<ErrorFile of={of} />}
          >
            <Reasons of={of} />
            <Rejects of={of} />
          </Section>
        </div>
      )}
    </>
  )
}

// i18n-keys: imports.made.*
function Made({ of }: { of: Import }) {
  const { t } = useTranslation()
  const cards: [string, number][] =
    of.kind === 'orders'
      ? [
          ['customers_created', of.customers_created],
          ['customers_matched', of.customers_matched],
          ['orders_created', of.orders_created],
          ['orders_updated', of.orders_updated],
        ]
      : of.kind === 'customers'
        ? [
            ['customers_created', of.customers_created],
            ['customers_matched', of.customers_matched],
            ['customers_updated', of.counts.customers_updated],
            ['contacts_added', of.counts.contacts_added],
          ]
        : [
            ['behaviours_created', of.counts.behaviours_created],
            ['behaviours_updated', of.counts.behaviours_updated],
            ['customers_created', of.customers_created],
            ['customers_matched', of.customers_matched],
          ]
  return (
    <Grid min={200} pair>
      {cards.map(([code, value]) => (
        <StatCard
          key={code}
          label={t(`imports.made.${code}`)}
          definition={t(`imports.made.${code}.text`)}
          value={<Count value={value} />}
          note={t(`imports.made.${code}.note`)}
        />
      ))}
    </Grid>
  )
}

/** The file is still at the server: it need not be sent again. */
function Again({ of }: { of: Import }) {
  const { t } = useTranslation()
  if (of.upload_id === null) return null
  const query = new URLSearchParams({
    upload: String(of.upload_id),
    kind: of.kind,
    source: of.source_code,
    from: String(of.id),
  })
  const tried = of.dry_run && of.status === 'finished'
  return (
    <Can permission={perm.importRun}>
      <section className={styles.next} aria-label={t('imports.again')}>
        <div>
          <h2>{t(tried ? 'imports.again.tried' : 'imports.again')}</h2>
          <p>{t('imports.again.text')}</p>
        </div>
        <div className={styles.nextActions}>
          <LinkButton type="primary" to={`/imports/new?${query}`}>
            {t(tried ? 'imports.again.import' : 'imports.again.retry')}
          </LinkButton>
        </div>
      </section>
    </Can>
  )
}

/** What to do with the result. */
function Next({ of }: { of: Import }) {
  const { t } = useTranslation()
  if (of.status !== 'finished' || of.dry_run) return null
  return (
    <section className={styles.next} aria-label={t('imports.next')}>
      <div>
        <h2>{t('imports.next')}</h2>
        <p>{t('imports.next.text')}</p>
      </div>
      <div className={styles.nextActions}>
        {pageExists('/tiering/runs') && (
          <Can permission={perm.tierRun}>
            <LinkButton type="primary" to="/tiering/runs">
              {t('imports.next.grade')}
            </LinkButton>
          </Can>
        )}
        <Can permission={perm.customerView}>
          <LinkButton to="/customers">{t('imports.next.customers')}</LinkButton>
        </Can>
        <Can permission={perm.importRun}>
          <LinkButton to="/imports/new">{t('imports.next.more')}</LinkButton>
        </Can>
      </div>
    </section>
  )
}

// i18n-keys: imports.count.*
function Inside({ of }: { of: Import }) {
  const { t } = useTranslation()
  const counts = told(of)
  if (counts.length === 0) return null
  return (
    <Section title={t('imports.inside')} note={t('imports.inside.note')}>
      <dl className={styles.counts}>
        {counts.map(({ code, value }) => (
          <div key={code}>
            <dt>{t(`imports.count.${code}`)}</dt>
            <dd>
              <Count value={value} />
            </dd>
            <dd className={styles.countText}>{t(`imports.count.${code}.text`)}</dd>
          </div>
        ))}
      </dl>
    </Section>
  )
}

interface Amount {
  key: 'gross' | 'sales' | 'net'
  exact: string
  rounded: string
}

// i18n-keys: imports.amount.*
function Amounts({ of }: { of: Import }) {
  const { t } = useTranslation()
  const r: Rounding = of.rounding
  const rows: Amount[] = [
    { key: 'gross', exact: r.gross_exact, rounded: r.gross_of_rounded },
    { key: 'sales', exact: r.sales_exact, rounded: r.sales_of_rounded },
    { key: 'net', exact: r.net_exact, rounded: r.net_of_rounded },
  ]
  const columns: Column<Amount>[] = [
    {
      key: 'what',
      title: t('imports.amount'),
      render: (row) => (
        <>
          {t(`imports.amount.${row.key}`)}
          <div className={shared.hint}>{t(`imports.amount.${row.key}_text`)}</div>
        </>
      ),
    },
    {
      key: 'exact',
      title: t('imports.amount.exact'),
      hint: t('imports.amount.exact_text'),
      align: 'right',
      render: (row) => <span className="zk-num">{yuan(row.exact)}</span>,
    },
    {
      key: 'rounded',
      title: t('imports.amount.rounded'),
      hint: t('imports.amount.rounded_text'),
      align: 'right',
      render: (row) => <span className="zk-num">{yuan(row.rounded)}</span>,
    },
  ]
  return (
    <Section
      title={t('imports.amounts')}
      note={
        r.amounts > 0
          ? t('imports.amounts.note', { count: r.amounts, difference: yuan(r.difference) })
          : t('imports.amounts.note_none')
      }
    >
      <SimpleTable
        label={t('imports.amounts')}
        compact
        columns={columns}
        rows={rows}
        rowKey={(row) => row.key}
      />
      {r.amounts > 0 && (
        <p className={shared.hint}>
          {t('imports.amounts.net_rounded', { value: yuan(r.net_rounded) })}
        </p>
      )}
    </Section>
  )
}
