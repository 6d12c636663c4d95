import { useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { type ApiError, asApiError } from '@/api/errors'
import { perm } from '@/app/permissions'
import {
  Bones,
  download,
  FormError,
  Page,
  PageHeader,
  QueryView,
  SaveBar,
  useLeaving,
  useMe,
  useSay,
} from '@/kit'
import { type Config, saveConfig, useConfig, type Version, written } from '../api'
import { Begins } from './Begins'
import { Moves } from './Moves'
import { Stages } from './Stages'
import styles from './settings.module.css'
import { Versions } from './Versions'

/** The configuration of the lifecycle: stages, moves in order of precedence, and earlier versions. */
export default function SettingsPage() {
  const { t } = useTranslation()
  const { fail } = useSay()
  const [params] = useSearchParams()
  const query = useConfig()
  const tab = params.get('tab') === 'versions' ? 'versions' : 'config'
  return (
    <Page>
      <PageHeader
        trail={[{ label: t('lifecycles.title'), to: '/lifecycle' }]}
        title={t('lifecycles.settings')}
        purpose={t('lifecycles.settings.purpose')}
        badge={
          query.data && (
            <span className="zk-muted">
              {t('lifecycles.version', { version: query.data.version })}
            </span>
          )
        }
        actions={
          <Button
            icon={<Download size={16} />}
            onClick={() => download('/lifecycle/config/export', {}, 'lifecycle.yaml').catch(fail)}
          >
            {t('lifecycles.settings.export')}
          </Button>
        }
        tabs={[
          { key: 'config', label: t('lifecycles.settings.config'), to: '/lifecycle/settings' },
          {
            key: 'versions',
            label: t('lifecycles.settings.versions'),
            to: '/lifecycle/settings?tab=versions',
          },
        ]}
        activeTab={tab}
      />
      <QueryView query={query} skeleton={<Bones />}>
        {(version) =>
          tab === 'versions' ? (
            <Versions newest={version} />
          ) : (
            <Editor key={version.version} base={version} />
          )
        }
      </QueryView>
    </Page>
  )
}

function Editor({ base }: { base: Version }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const { done } = useSay()
  const [config, setConfig] = useState<Config>(base.config)
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const may = me.can(perm.lifecycleConfig)
  const dirty = JSON.stringify(config) !== JSON.stringify(base.config)
  const leave = useLeaving(dirty)
  const change = (part: Partial<Config>) => {
    setFailure(null)
    setConfig((before) => ({ ...before, ...part }))
  }
  const save = async () => {
    setBusy(true)
    try {
      const saved = await saveConfig(config, base.version, note.trim())
      leave.free()
      done(t('lifecycles.settings.saved', { version: saved.version }))
      written(client)
    } catch (thrown) {
      setFailure(asApiError(thrown))
      window.scrollTo({ top: 0 })
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <FormError
        error={failure}
        rest={failure?.fields.map((f) => `${f.path}：${f.message}`)}
        onReload={() => written(client)}
      />
      <Stages config={config} may={may} onChange={change} />
      <Begins config={config} may={may} onChange={change} />
      <Moves config={config} may={may} onChange={change} />
      {may && (
        <SaveBar status={dirty ? t('lifecycles.settings.dirty') : t('lifecycles.settings.clean')}>
          <Input
            className={styles.note}
            aria-label={t('lifecycles.settings.note')}
            placeholder={t('lifecycles.settings.note')}
            maxLength={500}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
          <Button disabled={!dirty || busy} onClick={() => change(base.config)}>
            {t('common.discard')}
          </Button>
          <Button type="primary" disabled={!dirty} loading={busy} onClick={save}>
            {t('common.save')}
          </Button>
        </SaveBar>
      )}
    </>
  )
}
