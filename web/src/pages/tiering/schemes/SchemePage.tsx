import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, ConfigProvider } from 'antd'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import { type ApiError, asApiError } from '@/api/errors'
import { perm } from '@/app/permissions'
import {
  Beside,
  errorRef,
  errorText,
  SaveBar,
  Typed,
  useFormat,
  useLeaving,
  useMe,
  useSay,
  useTyped,
  useUnread,
} from '@/kit'
import type { SchemeView } from '../api'
import { Basics, type Change } from './Basics'
import { checkForm } from './check'
import { differences } from './diff'
import { Errors } from './Field'
import { Levels } from './Levels'
import { ModelEditor } from './ModelEditor'
import { ModelsHorizon } from './ModelsHorizon'
import { type FormScheme, sameForm, toForm, toScheme, usesModels } from './model'
import { PreviewPanel } from './PreviewPanel'
import styles from './page.module.css'
import { RfmEditor } from './RfmEditor'
import { Rules } from './Rules'
import { SchemeFrame } from './SchemeFrame'
import { ScoreEditor } from './ScoreEditor'
import { usePreview } from './usePreview'

/** One scheme: read, changed, tried out, saved as a new version. */
export default function SchemePage() {
  return (
    <SchemeFrame tab="edit">{(view) => <Editor key={view.scheme.code} view={view} />}</SchemeFrame>
  )
}

/** The path as the form knows it: the server names fields of the body or of the scheme. */
export const formPath = (path: string) => path.replace(/^body\./, '').replace(/^scheme\./, '')

function Editor({ view }: { view: SchemeView }) {
  const { t } = useTranslation()
  const f = useFormat()
  const me = useMe()
  const client = useQueryClient()
  const { done } = useSay()
  const may = me.can(perm.tierScheme)
  // The version the form was filled from; a newer one does not overwrite what is being typed.
  const [base, setBase] = useState({
    version: view.version,
    form: toForm(view.scheme, view.sentences),
  })
  const [form, setForm] = useState<FormScheme>(base.form)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const typed = useTyped()
  const unread = useUnread(typed)
  const differs = useMemo(() => !sameForm(form, base.form), [form, base.form])
  const dirty = differs || unread
  const problems = useMemo(() => checkForm(form), [form])
  const valid = problems.size === 0
  const live = usePreview(form, base.form, valid)

  const errors = useSame(
    useMemo(() => {
      const out = new Map<string, string>()
      for (const x of failure?.fields ?? []) out.set(formPath(x.path), x.message)
      for (const [path, key] of problems) out.set(path, t(key))
      return out
    }, [failure, problems, t]),
  )

  const load = (from: SchemeView) => {
    const fresh = toForm(from.scheme, from.sentences)
    setBase({ version: from.version, form: fresh })
    setForm(fresh)
    setFailure(null)
  }
  const newer = view.version > base.version
  const loadRef = useRef(load)
  loadRef.current = load
  useEffect(() => {
    // Nothing of one's own is at stake: show what is there now.
    if (newer && !dirty) loadRef.current(view)
  }, [newer, dirty, view])

  const change = useCallback<Change>((part) => {
    setFailure(null)
    setForm((before) => ({ ...before, ...(typeof part === 'function' ? part(before) : part) }))
  }, [])
  const save = async (over?: number) => {
    setBusy(true)
    setFailure(null)
    try {
      const saved = await ok(
        api.PUT('/tiering/schemes/{code}', {
          params: { path: { code: form.code } },
          body: { scheme: toScheme(form), base_version: over ?? base.version },
        }),
      )
      load(saved)
      client.setQueryData(['tiering', 'scheme', form.code], saved)
      await client.invalidateQueries({ queryKey: ['tiering', 'schemes'] })
      done(t('tiers.editor.saved', { version: saved.version }))
    } catch (error) {
      setFailure(asApiError(error))
      window.scrollTo({ top: 0 })
    } finally {
      setBusy(false)
    }
  }
  useLeaving(dirty)
  const { name, windowDays, measure } = form
  const basics = useMemo(() => ({ name, windowDays, measure }), [name, windowDays, measure])

  const changes = useMemo(
    () =>
      dirty
        ? differences(t, f, { scheme: toScheme(base.form) }, { scheme: toScheme(form) }).length
        : 0,
    [dirty, base.form, form, t, f],
  )
  return (
    <Errors.Provider value={errors}>
      {failure && (
        <Failure
          error={failure}
          onReload={async () => load(await reread(form.code))}
          onOverwrite={async () => save((await reread(form.code)).version)}
        />
      )}
      {newer && dirty && !failure && (
        <Alert
          type="warning"
          showIcon
          role="alert"
          title={t('tiers.editor.newer', { version: view.version })}
          description={t('tiers.editor.newer_text')}
          action={
            <Button size="small" onClick={() => load(view)}>
              {t('tiers.editor.take_theirs')}
            </Button>
          }
        />
      )}
      {!may && <Alert type="info" showIcon title={t('tiers.editor.read_only')} />}
      <Beside aside={<PreviewPanel live={live} dirty={dirty} valid={valid} />}>
        <ConfigProvider componentDisabled={!may || busy}>
          <Typed fields={typed}>
            <Basics form={basics} onChange={change} />
            {usesModels(form) && <ModelsHorizon horizon={form.horizon} onChange={change} />}
            <Levels levels={form.levels} cuts={form.cuts} method={form.method} onChange={change} />
            {form.method === 'rules' && (
              <Rules
                rules={form.rules}
                levels={form.levels}
                measure={form.measure}
                found={live.found}
                onChange={change}
              />
            )}
            {form.method === 'score' && <ScoreEditor form={form} onChange={change} />}
            {form.method === 'rfm' && <RfmEditor form={form} onChange={change} />}
            {form.method === 'model' && <ModelEditor form={form} onChange={change} />}
          </Typed>
        </ConfigProvider>
      </Beside>
      {dirty && may && (
        <SaveBar
          status={
            valid
              ? t('tiers.editor.changes', { count: changes })
              : t('tiers.editor.problems', { count: problems.size })
          }
          more={[
            {
              key: 'discard',
              label: t('common.discard'),
              disabled: busy,
              onClick: () => {
                setForm(base.form)
                setFailure(null)
                typed.forget()
              },
            },
          ]}
        >
          <Button
            type="primary"
            loading={busy}
            disabled={!valid}
            onClick={() => typed.readable() && save()}
          >
            {t('tiers.editor.save_as', { version: base.version + 1 })}
          </Button>
        </SaveBar>
      )}
    </Errors.Provider>
  )
}

const reread = (code: string) =>
  ok(api.GET('/tiering/schemes/{code}', { params: { path: { code } } }))

function Failure({
  error,
  onReload,
  onOverwrite,
}: {
  error: ApiError
  onReload: () => Promise<unknown>
  onOverwrite: () => Promise<unknown>
}) {
  const { t } = useTranslation()
  const { fail } = useSay()
  const { title, text } = errorText(error, t)
  const conflict = error.code === 'tier.scheme_changed'
  return (
    <Alert
      type={conflict ? 'warning' : 'error'}
      showIcon
      role="alert"
      title={title}
      description={
        <>
          {text}
          {error.fields.length > 0 && (
            <ul className={styles.changes}>
              {error.fields.map((x) => (
                <li key={`${x.path} ${x.code}`}>{x.message}</li>
              ))}
            </ul>
          )}
          <div className="zk-muted">{errorRef(error, t)}</div>
        </>
      }
      action={
        conflict && (
          <>
            <Button size="small" onClick={() => onReload().catch(fail)}>
              {t('tiers.editor.take_theirs')}
            </Button>{' '}
            <Button size="small" danger onClick={() => onOverwrite().catch(fail)}>
              {t('tiers.editor.keep_mine')}
            </Button>
          </>
        )
      }
    />
  )
}

/** The map as it was, as long as it says the same: whoever reads it is not drawn anew. */
function useSame(map: Map<string, string>): ReadonlyMap<string, string> {
  const kept = useRef(map)
  const same =
    kept.current.size === map.size && [...map].every(([k, v]) => kept.current.get(k) === v)
  if (!same) kept.current = map
  return kept.current
}
