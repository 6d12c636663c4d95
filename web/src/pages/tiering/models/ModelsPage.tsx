import { Alert, Button } from 'antd'
import { RefreshCw, Settings2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import {
  Bones,
  Can,
  DateTime,
  Day,
  EmptyState,
  JobProgress,
  Page,
  PageHeader,
  QueryView,
  Section,
  useFormat,
  useIsPhone,
  useMe,
  useSay,
} from '@/kit'
import { tieringTabs } from '../tabs'
import { isActive, type Kind, type Model, type State, useActs, useKinds, useModel } from './api'
import { Decide } from './Decide'
import { Facts } from './Facts'
import { Figure } from './Figure'
import styles from './models.module.css'
import { SettingsForm } from './SettingsForm'
import { Versions } from './Versions'

/** The company's own models: which is in use, what it is worth, how it came to be. */
export default function ModelsPage() {
  const { t } = useTranslation()
  const phone = useIsPhone()
  const me = useMe()
  const query = useKinds()
  return (
    <Page>
      <PageHeader
        title={t('models.title')}
        purpose={t('models.purpose')}
        {...(phone ? { tabs: tieringTabs(t, me.can), activeTab: 'models' } : {})}
      />
      <QueryView query={query} skeleton={<Bones rows={12} />}>
        {(list) => list.map((state) => <KindSection key={state.kind} state={state} />)}
      </QueryView>
    </Page>
  )
}

// i18n-keys: models.kind.*, models.kind_text.*, models.none.*, models.none_text.*
function KindSection({ state }: { state: State }) {
  const { t } = useTranslation()
  const { kind, in_use: used, newest } = state
  const [settling, setSettling] = useState(false)
  const ready = kind === 'purchases' || state.settings.label !== ''
  const busy = newest !== null && isActive(newest)
  return (
    <Section
      boxed
      title={t(`models.kind.${kind}`)}
      note={t(`models.kind_text.${kind}`)}
      extra={
        <Can permission={perm.tierScheme}>
          <span className={styles.acts}>
            <Button icon={<Settings2 size={16} />} onClick={() => setSettling(true)}>
              {t('models.settings')}
            </Button>
            {ready && used && <FitButton kind={kind} again busy={busy} />}
          </span>
        </Can>
      }
    >
      <div className={styles.body}>
        {newest && <Newest state={state} newest={newest} />}
        {used ? (
          <InUse state={state} used={used} />
        ) : (
          !busy && (
            <EmptyState
              compact
              title={t(`models.none.${kind}`)}
              text={ready ? t(`models.none_text.${kind}`) : t('models.none_text.unset')}
              action={
                <Can permission={perm.tierScheme}>
                  {ready ? (
                    <FitButton kind={kind} />
                  ) : (
                    <Button type="primary" onClick={() => setSettling(true)}>
                      {t('models.choose')}
                    </Button>
                  )}
                </Can>
              }
            />
          )
        )}
        {newest && <Versions kind={kind} />}
      </div>
      {settling && <SettingsForm state={state} onClose={() => setSettling(false)} />}
    </Section>
  )
}

function FitButton({ kind, again, busy }: { kind: Kind; again?: boolean; busy?: boolean }) {
  const { t } = useTranslation()
  const { fail } = useSay()
  const acts = useActs()
  const [sent, setSent] = useState(false)
  const fit = async () => {
    setSent(true)
    try {
      await acts.fit(kind)
    } catch (error) {
      fail(error)
    } finally {
      setSent(false)
    }
  }
  return (
    <Button
      type={again ? 'default' : 'primary'}
      icon={<RefreshCw size={16} />}
      loading={sent}
      disabled={busy}
      onClick={fit}
    >
      {again ? t('models.refit') : t('models.fit')}
    </Button>
  )
}

/** The newest fit where it is not the model in use: at work, held or failed. */
function Newest({ state, newest }: { state: State; newest: Model }) {
  const { t } = useTranslation()
  const acts = useActs()
  if (isActive(newest))
    return newest.job_id ? (
      <JobProgress
        id={newest.job_id}
        title={t('models.fitting', { version: newest.version })}
        onDone={acts.renew}
      />
    ) : (
      <Alert type="info" showIcon title={t('models.by_command', { version: newest.version })} />
    )
  if (newest.status === 'failed')
    return (
      <Alert
        type="error"
        showIcon
        title={t('models.failed', { version: newest.version })}
        description={newest.error}
      />
    )
  if (newest.status === 'held')
    return (
      <Alert
        type="warning"
        showIcon
        title={t('models.held', { version: newest.version })}
        description={
          <>
            <ul className={styles.list}>
              {newest.doubts?.map((d) => (
                <li key={d}>{d}</li>
              ))}
            </ul>
            <p>{t(state.in_use ? 'models.held_text' : 'models.held_first')}</p>
          </>
        }
        action={<Decide model={newest} />}
      />
    )
  return null
}

function InUse({ state, used }: { state: State; used: Model }) {
  const { t } = useTranslation()
  const f = useFormat()
  const query = useModel(used.id)
  return (
    <>
      <p className={styles.line}>
        <b>{t('models.in_use', { version: used.version })}</b>
        <span className="zk-muted">
          {t('models.as_of')} <Day at={used.as_of} /> ·{' '}
          {t('models.customers', { count: used.customers, shown: f.count(used.customers) })} ·{' '}
          {t('models.fitted')} <DateTime at={used.finished_at} />
          {state.due_at !== null && (
            <>
              {' · '}
              {t('models.due')} <Day at={state.due_at} />
            </>
          )}
        </span>
      </p>
      <QueryView query={query} compact skeleton={<Bones rows={6} />}>
        {(detail) => (
          <>
            <Facts detail={detail} />
            <Figure detail={detail} />
          </>
        )}
      </QueryView>
    </>
  )
}
