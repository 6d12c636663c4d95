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
  Can,
  download,
  FileButton,
  FormError,
  Page,
  PageHeader,
  QueryView,
  SaveBar,
  Typed,
  useLeaving,
  useMe,
  useSay,
  useTyped,
  useUnread,
} from '@/kit'
import {
  type Config,
  type Preview,
  previewConfig,
  readConfig,
  saveConfig,
  useConfig,
  type Version,
  written,
} from '../api'
import { Begins } from './Begins'
import { Moves } from './Moves'
import { PreviewDrawer } from './PreviewDrawer'
import { Stages } from './Stages'
import styles from './settings.module.css'
import { Tools } from './Tools'
import { Versions } from './Versions'

const mostFile = 512 * 1024 // bytes, as the server takes

/** The configuration of the lifecycle: stages, moves in order of precedence, and earlier versions. */
export default function SettingsPage() {
  const { t } = useTranslation()
  const { done, fail } = useSay()
  const [params] = useSearchParams()
  const query = useConfig()
  const tab = params.get('tab') === 'versions' ? 'versions' : 'config'
  // What was read from a file last: it is edited, and saved like any other change.
  const [file, setFile] = useState<{ config: Config; nth: number } | null>(null)
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
          <>
            {tab === 'config' && (
              <Can permission={perm.lifecycleConfig}>
                <FileButton
                  label={t('ui_lifecycle.file.read')}
                  accept=".yaml,.yml"
                  most={mostFile}
                  onText={async (text) => {
                    const config = await readConfig(text)
                    setFile((before) => ({ config, nth: (before?.nth ?? 0) + 1 }))
                    done(t('ui_lifecycle.file.done'))
                  }}
                />
              </Can>
            )}
            <Button
              icon={<Download size={16} />}
              onClick={() => download('/lifecycle/config/export', {}, 'lifecycle.yaml').catch(fail)}
            >
              {t('lifecycles.settings.export')}
            </Button>
          </>
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
            <Editor
              key={`${version.version} ${file?.nth ?? 0}`}
              base={version}
              start={file?.config}
              onSaved={() => setFile(null)}
            />
          )
        }
      </QueryView>
    </Page>
  )
}

function Editor({
  base,
  start = base.config,
  onSaved,
}: {
  base: Version
  /** What is edited to begin with, where that is not what is in force. */
  start?: Config
  onSaved: () => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const { done } = useSay()
  const [config, setConfig] = useState<Config>(start)
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [preview, setPreview] = useState<Preview | null>(null)
  const may = me.can(perm.lifecycleConfig)
  const typed = useTyped()
  const unread = useUnread(typed)
  const dirty = unread || JSON.stringify(config) !== JSON.stringify(base.config)
  const leave = useLeaving(dirty)
  const change = (part: Partial<Config>) => {
    setFailure(null)
    setConfig((before) => ({ ...before, ...part }))
  }
  const act = async (work: () => Promise<void>) => {
    if (!typed.readable()) return
    setBusy(true)
    try {
      await work()
    } catch (thrown) {
      setFailure(asApiError(thrown))
      window.scrollTo({ top: 0 })
    } finally {
      setBusy(false)
    }
  }
  const save = async () => {
    const saved = await saveConfig(config, base.version, note.trim())
    leave.free()
    onSaved()
    done(t('lifecycles.settings.saved', { version: saved.version }))
    written(client)
  }
  const look = async () => setPreview(await previewConfig(config))
  return (
    <>
      <FormError
        error={failure}
        rest={failure?.fields.map((f) => `${f.path}：${f.message}`)}
        onReload={() => written(client)}
      />
      <Typed fields={typed}>
        <Stages config={config} may={may} onChange={change} />
        <Begins config={config} may={may} onChange={change} />
        <Moves config={config} may={may} onChange={change} />
        <Tools config={config} may={may} onChange={change} />
      </Typed>
      {may && (
        <SaveBar
          status={dirty ? t('lifecycles.settings.dirty') : t('lifecycles.settings.clean')}
          field={
            <Input
              className={styles.note}
              aria-label={t('lifecycles.settings.note')}
              placeholder={t('lifecycles.settings.note')}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          }
          more={[
            {
              key: 'discard',
              label: t('common.discard'),
              disabled: !dirty || busy,
              onClick: () => {
                change(base.config)
                typed.forget()
              },
            },
            {
              key: 'preview',
              label: t('ui_lifecycle.preview'),
              disabled: !dirty || busy,
              onClick: () => act(look),
            },
          ]}
        >
          <Button type="primary" disabled={!dirty} loading={busy} onClick={() => act(save)}>
            {t('common.save')}
          </Button>
        </SaveBar>
      )}
      {preview && <PreviewDrawer preview={preview} onClose={() => setPreview(null)} />}
    </>
  )
}
