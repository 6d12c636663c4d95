import { Alert, Button } from 'antd'
import dayjs from 'dayjs'
import { BookOpen, ListChecks, RefreshCw, Settings2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { pageExists } from '@/app/routes'
import {
  Bone,
  DateTime,
  FirstUse,
  Grid,
  LinkButton,
  Page,
  PageHeader,
  QueryView,
  RangeInput,
  useFormat,
  useMe,
} from '@/kit'
import { type Days, type Overview, useOverview } from './api'
import { FlowFigure } from './FlowFigure'
import { clamp } from './figures'
import styles from './lifecycle.module.css'
import { Retention } from './Retention'
import { StageCards } from './StageCards'
import { StageFigures } from './StageFigures'
import { ToolFigures } from './ToolFigures'

const isDay = (text: string | null): text is string => /^\d{4}-\d\d-\d\d$/.test(text ?? '')

/** Where customers are in the lifecycle, who came and went, and how they got there. */
export default function OverviewPage() {
  const { t } = useTranslation()
  const query = useOverview()
  return (
    <Page>
      <PageHeader
        title={t('lifecycles.title')}
        purpose={t('lifecycles.purpose')}
        actions={
          <>
            <LinkButton to="/lifecycle/handbook" icon={<BookOpen size={16} />}>
              {t('manuals.handbook.link')}
            </LinkButton>
            <LinkButton to="/lifecycle/sop" icon={<ListChecks size={16} />}>
              {t('manuals.sop.link')}
            </LinkButton>
            {pageExists('/lifecycle/settings') && (
              <LinkButton to="/lifecycle/settings" icon={<Settings2 size={16} />}>
                {t('lifecycles.settings')}
              </LinkButton>
            )}
          </>
        }
      />
      <QueryView query={query} skeleton={<Skeleton />}>
        {(overview) => (overview.day ? <Body overview={overview} /> : <NotYet />)}
      </QueryView>
    </Page>
  )
}

/** The server evaluates by itself; the page asks again until it has. */
function NotYet() {
  const { t } = useTranslation()
  return (
    <FirstUse
      title={t('lifecycles.first.title')}
      text={t('lifecycles.first.text')}
      points={[
        t('lifecycles.first.stages'),
        t('lifecycles.first.moves'),
        t('lifecycles.first.hand'),
      ]}
      action={
        <span className={styles.waiting} role="status">
          <RefreshCw size={15} aria-hidden="true" />
          {t('lifecycles.first.waiting')}
        </span>
      }
    />
  )
}

function Body({ overview }: { overview: Overview }) {
  const { t } = useTranslation()
  const me = useMe()
  const f = useFormat()
  const [params, setParams] = useSearchParams()
  const open = overview.day
  const asked: Days = {
    from: isDay(params.get('from'))
      ? (params.get('from') as string)
      : dayjs(open).subtract(30, 'day').format('YYYY-MM-DD'),
    to: isDay(params.get('to')) ? (params.get('to') as string) : open,
  }
  const days = clamp(asked, overview.begun, open)
  const choose = (next: Days | null) => {
    const changed = new URLSearchParams(params)
    for (const name of ['from', 'to'] as const) {
      if (next) changed.set(name, next[name])
      else changed.delete(name)
    }
    setParams(changed, { replace: true })
  }
  const last = (n: number) => {
    const from = dayjs(open).subtract(n, 'day').format('YYYY-MM-DD')
    if (from < overview.begun) return null
    return (
      <Button key={n} size="small" type="text" onClick={() => choose({ from, to: open })}>
        {t('lifecycles.days', { count: n })}
      </Button>
    )
  }
  return (
    <>
      <div className={styles.bar}>
        <span className={styles.range}>
          <label htmlFor="lifecycle-from">{t('lifecycles.between')}</label>
          <RangeInput
            id="lifecycle-from"
            label={t('lifecycles.between')}
            value={days ?? asked}
            min={overview.begun}
            max={open}
            onChange={choose}
          />
          {[7, 30, 90, 365].map(last)}
        </span>
        <span className="zk-muted">
          {me.scope !== 'all' && <>{t('lifecycles.scope')} · </>}
          {t('lifecycles.as_of')} <DateTime at={overview.evaluated_at} />
          {' · '}
          {t('lifecycles.begun', { day: overview.begun })}
        </span>
      </div>
      {overview.problem && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={t('lifecycles.problem')}
          description={
            <>
              {overview.problem} {overview.problem_at && <code>{overview.problem_at}</code>}{' '}
              {pageExists('/lifecycle/settings') && (
                <Link to="/lifecycle/settings">{t('lifecycles.settings')}</Link>
              )}
            </>
          }
        />
      )}
      <StageCards overview={overview} days={days} />
      {overview.none > 0 && (
        <p className="zk-muted">
          {t('lifecycles.none', { count: overview.none, shown: f.count(overview.none) })}
        </p>
      )}
      <FlowFigure days={days} />
      {!me.hides('orders') && (
        <>
          <StageFigures open={open} begun={overview.begun} />
          <Retention open={open} />
        </>
      )}
      <ToolFigures />
    </>
  )
}

function Skeleton() {
  return (
    <>
      <Bone width="100%" height={32} />
      <Grid min={180} pair>
        {[1, 2, 3, 4, 5, 6].map((i) => (
          <Bone key={i} width="100%" height={132} />
        ))}
      </Grid>
      <Bone width="100%" height={320} />
      <Bone width="100%" height={320} />
    </>
  )
}
