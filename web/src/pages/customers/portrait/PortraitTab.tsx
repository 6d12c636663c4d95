import { useTranslation } from 'react-i18next'
import { Bone, Count, Day, EmptyState, Grid, Money, Percent, QueryView, StatCard } from '@/kit'
import { MonthChart } from '../MonthChart'
import { type Portrait, usePortrait } from './api'
import { Compared } from './Compared'
import styles from './portrait.module.css'
import { Shares } from './Shares'
import { WeekHeat } from './WeekHeat'

/** 画像: how a customer buys, in one sentence and in pictures. */
export default function PortraitTab({ id }: { id: number }) {
  const { i18n } = useTranslation()
  const query = usePortrait(id, i18n.language)
  return (
    <QueryView query={query} skeleton={<Skeleton />}>
      {(portrait) => <Body portrait={portrait} />}
    </QueryView>
  )
}

function Body({ portrait }: { portrait: Portrait }) {
  const { t } = useTranslation()
  if (portrait.spend.orders_all === 0 && portrait.months.length === 0) {
    return <EmptyState title={portrait.sentence} text={t('portrait.none_text')} />
  }
  const { trend, price } = portrait
  const sensitivity = portrait.spend.price_sensitivity
  return (
    <div className={styles.tab}>
      <div>
        <p className={styles.sentence}>{portrait.sentence}</p>
        <p className="zk-muted">
          {t('portrait.span')} <Day at={portrait.from} /> – <Day at={portrait.to} />
          {portrait.cut && ` · ${t('portrait.cut')}`}
        </p>
      </div>
      <Compared portrait={portrait} />
      <Grid min={200} pair>
        <StatCard
          label={t('portrait.trend')}
          definition={t('portrait.trend_hint')}
          value={<Money fen={trend.net_180_fen} />}
          comparison={{
            now: trend.net_180_fen,
            base: trend.net_prior_180_fen,
            label: t('portrait.vs_180'),
          }}
        />
        <StatCard
          label={t('portrait.trend_orders')}
          definition={t('portrait.trend_orders_hint')}
          value={<Count value={trend.orders_180} />}
          comparison={{
            now: trend.orders_180,
            base: trend.orders_prior_180,
            label: t('portrait.vs_180'),
          }}
        />
        <StatCard
          label={t('portrait.price')}
          definition={t('portrait.price_hint')}
          value={<Money fen={price?.median_fen} />}
          note={
            price && (
              <>
                <Money fen={price.low_fen} /> – <Money fen={price.high_fen} />
              </>
            )
          }
        />
        <StatCard
          label={t('portrait.price_sensitivity')}
          definition={t('portrait.price_sensitivity_hint')}
          value={<Percent share={sensitivity === null ? null : sensitivity / 100} digits={0} />}
          note={sensitivity === null && t('portrait.price_sensitivity_none')}
        />
        <StatCard
          label={t('portrait.interval')}
          definition={t('customers.hint.rhythm')}
          value={
            portrait.spend.interval_days === null ? (
              '–'
            ) : (
              <Count value={portrait.spend.interval_days} digits={1} />
            )
          }
          note={t('portrait.interval_note', { count: portrait.spend.orders_all })}
        />
      </Grid>
      <MonthChart months={portrait.months} partial={false} loading={false} />
      <div className={styles.charts}>
        <WeekHeat cells={portrait.heat} />
        <Shares
          title={t('portrait.what')}
          note={t('portrait.what_note')}
          lists={[
            { key: 'category', label: t('portrait.category'), rows: portrait.categories },
            { key: 'brand', label: t('portrait.brand'), rows: portrait.brands },
          ]}
        />
        <Shares
          title={t('portrait.channel')}
          note={t('portrait.channel_note')}
          lists={[
            { key: 'channel', label: t('portrait.by_channel'), rows: portrait.channels },
            { key: 'store', label: t('portrait.store'), rows: portrait.stores },
          ]}
        />
        <Shares
          title={t('portrait.where')}
          note={t('portrait.where_note')}
          lists={[
            { key: 'city', label: t('portrait.city'), rows: portrait.cities },
            { key: 'province', label: t('portrait.province'), rows: portrait.provinces },
          ]}
        />
      </div>
    </div>
  )
}

function Skeleton() {
  return (
    <div className={styles.tab} aria-busy="true">
      <Bone width="80%" height={28} />
      <Bone width="100%" height={180} />
      <Bone width="100%" height={200} />
    </div>
  )
}
