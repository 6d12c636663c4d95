import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form, Input } from 'antd'
import { Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useNavigate, useParams, useSearchParams } from 'react-router'
import { type ApiError, asApiError } from '@/api/errors'
import {
  Beside,
  Bones,
  Count,
  errorRef,
  errorText,
  late,
  Page,
  PageHeader,
  QueryView,
  SaveBar,
  Typed,
  useLeaving,
  useSay,
  useTyped,
  useUnread,
} from '@/kit'
import {
  createAudience,
  type FullAudience,
  oneAudience,
  oneKey,
  patchAudience,
  useAudience,
  written,
} from './api'
import { useRuleCatalogue } from './builder/api'
import { ConflictDialog } from './builder/ConflictDialog'
import type { Known } from './builder/catalogue'
import { changed, type Draft, isConflict, type Merged, merge } from './builder/conflict'
import { type Fault, firstInput } from './builder/context'
import styles from './builder/edit.module.css'
import { LivePanel } from './builder/LivePanel'
import { complete, conditions, fromNode, type Group, locate, toNode } from './builder/model'
import type { RuleNode } from './builder/node'
import { RuleBuilder } from './builder/RuleBuilder'
import { SaveDialog } from './builder/SaveDialog'
import { useLive } from './builder/useLive'

const Explain = late(() => import('./Explain'), { over: true })

/** Says whom an audience means: a new one, or another version of one. */
export default function EditPage() {
  const id = Number(useParams().id) || undefined
  const [params] = useSearchParams()
  const copy = Number(params.get('copy')) || undefined
  const { t } = useTranslation()
  const catalogue = useRuleCatalogue()
  const source = useAudience(id ?? copy ?? null)
  const { state } = useLocation() as { state: { rule?: RuleNode } | null }
  const given = state?.rule ?? null
  const frame = (title: string, body: React.ReactNode) => (
    <Page>
      <PageHeader
        title={title}
        trail={[{ label: t('nav.audiences'), to: '/audiences' }]}
        purpose={t('ui_audience_builder.purpose')}
      />
      {body}
    </Page>
  )
  const title = id
    ? t('ui_audience_builder.title.edit', { name: source.data?.name ?? '' })
    : t('ui_audience_builder.title.new')
  if (!catalogue.data) {
    return frame(
      title,
      <QueryView query={catalogue} skeleton={<Bones />}>
        {() => null}
      </QueryView>,
    )
  }
  const k = catalogue.data
  if (id === undefined && copy === undefined) {
    return frame(title, <Editor k={k} start={{ name: '', description: '', rule: given }} />)
  }
  return frame(
    title,
    <QueryView query={source} skeleton={<Bones />}>
      {(audience) =>
        id ? (
          <Editor key={audience.id} k={k} start={draftOf(audience)} audience={audience} />
        ) : (
          <Editor
            k={k}
            start={{
              ...draftOf(audience),
              name: t('ui_audience_builder.copy_of', { name: audience.name }).slice(0, maxName),
            }}
          />
        )
      }
    </QueryView>,
  )
}

const maxName = 60

const draftOf = (a: FullAudience): Draft => ({
  name: a.name,
  description: a.description,
  rule: a.rule as RuleNode | null,
})

type Step = 'save' | { merged: Merged; theirs: FullAudience } | null

function Editor({ k, start, audience }: { k: Known; start: Draft; audience?: FullAudience }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { done, fail } = useSay()
  // What the form was filled from: a version that others save does not overwrite what is typed.
  const [base, setBase] = useState({ draft: start, version: audience?.version ?? 0 })
  const [name, setName] = useState(start.name)
  const [description, setDescription] = useState(start.description)
  const [root, setRoot] = useState<Group>(() => fromNode(start.rule))
  const [asOf, setAsOf] = useState('')
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const [step, setStep] = useState<Step>(null)
  const [explaining, setExplaining] = useState(false)
  const typed = useTyped()
  const unread = useUnread(typed)
  const staticList = audience?.kind === 'static'
  const whole = useMemo(() => toNode(root), [root])
  const live = useLive(root, audience?.id, asOf)
  const mine: Draft = { name: name.trim(), description: description.trim(), rule: whole.node }
  const differs = changed(base.draft, mine)
  const unlike = audience ? differs.length > 0 : whole.node !== null || mine.name !== ''
  const dirty = unlike || unread
  const leave = useLeaving(dirty)
  const open = conditions(root).filter((c) => !complete(c)).length

  const faults = useMemo(() => {
    const out = new Map(live.faults)
    for (const f of failure?.fields ?? []) {
      const { id, rest } = locate(whole.places, f.path)
      const fault: Fault = { rest, message: f.message }
      const have = out.get(id) ?? []
      if (id && !have.some((x) => x.message === f.message)) out.set(id, [...have, fault])
    }
    return out
  }, [live.faults, failure, whole])
  const fieldError = (field: string) =>
    failure?.fields.find((f) => f.path.replace(/^body\./, '') === field)?.message
  const change = (next: Group) => {
    setFailure(null)
    setRoot(next)
  }

  const begin = () => {
    setTried(true)
    setFailure(null)
    if (!typed.readable()) return
    if (!mine.name) {
      document.getElementById('audience-name')?.focus()
      return
    }
    if (!staticList && (open > 0 || !whole.node)) {
      const first = conditions(root).find((c) => !complete(c))
      const row = first && document.querySelector(`[data-condition="${first.id}"]`)
      row?.scrollIntoView({ block: 'center' })
      if (row) firstInput(row)?.focus()
      return
    }
    if (audience) setStep('save')
    else save(mine, '', 0)
  }
  const save = async (draft: Draft, note: string, version: number) => {
    setBusy(true)
    try {
      const rule = draft.rule as never
      const saved = audience
        ? await patchAudience(audience.id, version, {
            name: draft.name,
            description: draft.description,
            ...(!staticList && { rule }),
            note,
          })
        : await createAudience({
            name: draft.name,
            description: draft.description,
            kind: 'dynamic',
            rule,
            note,
          })
      leave.free()
      written(client)
      client.setQueryData(oneKey(saved.id), saved)
      done(t('ui_audience_builder.saved', { name: saved.name }))
      navigate(`/audiences/${saved.id}`)
    } catch (thrown) {
      setStep(null)
      if (audience && isConflict(thrown)) await conflict(audience.id)
      else {
        setFailure(asApiError(thrown))
        window.scrollTo({ top: 0 })
      }
    } finally {
      setBusy(false)
    }
  }
  const conflict = async (id: number) => {
    try {
      const theirs = await client.fetchQuery({ ...oneAudience(id), staleTime: 0 })
      const merged = merge(base.draft, mine, draftOf(theirs))
      setStep({ merged, theirs })
    } catch (error) {
      fail(error)
    }
  }
  const settle = (draft: Draft, theirs: FullAudience) => {
    // What is saved next is measured against what the others saved.
    setBase({ draft: draftOf(theirs), version: theirs.version })
    setName(draft.name)
    setDescription(draft.description)
    if (draft.rule !== mine.rule) setRoot(fromNode(draft.rule))
    setStep(null)
    save(draft, '', theirs.version)
  }
  const general =
    failure &&
    !failure.fields.some(
      (f) => locate(whole.places, f.path).id || fieldError(f.path.replace(/^body\./, '')),
    )
      ? failure
      : null
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the inputs inside
    <div
      className={styles.editor}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && !step) begin()
      }}
    >
      {general && (
        <Alert
          type="error"
          showIcon
          role="alert"
          title={errorText(general, t).title}
          description={
            <>
              {errorText(general, t).text}
              <div className="zk-muted">{errorRef(general, t)}</div>
            </>
          }
        />
      )}
      <Beside
        aside={
          !staticList && (
            <LivePanel
              live={live}
              newest={k.as_of}
              asOf={asOf}
              onAsOf={setAsOf}
              onExplain={() => setExplaining(true)}
              open={open}
            />
          )
        }
      >
        <Form layout="vertical" component="div" className={styles.names}>
          <Form.Item
            label={t('common.name')}
            htmlFor="audience-name"
            required
            validateStatus={fieldError('name') || (tried && !mine.name) ? 'error' : undefined}
            help={
              fieldError('name') ??
              (tried && !mine.name ? t('ui_audience_builder.name_missing') : undefined)
            }
          >
            <Input
              id="audience-name"
              maxLength={maxName}
              autoFocus={!audience}
              placeholder={t('ui_audience_builder.name_hint')}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </Form.Item>
          <Form.Item
            label={t('common.description')}
            htmlFor="audience-description"
            validateStatus={fieldError('description') ? 'error' : undefined}
            help={fieldError('description')}
          >
            <Input
              id="audience-description"
              maxLength={500}
              placeholder={t('common.optional')}
              value={description}
              onChange={(event) => setDescription(event.target.value)}
            />
          </Form.Item>
        </Form>
        {!staticList && (
          <section aria-label={t('ui_audience_builder.rule')}>
            <h2 className={styles.title}>{t('ui_audience_builder.rule')}</h2>
            {root.rules.length === 0 && (
              <p className={tried ? styles.fault : styles.empty} role={tried ? 'alert' : undefined}>
                {t(tried ? 'ui_audience_builder.rule_missing' : 'ui_audience_builder.rule_hint')}
              </p>
            )}
            <Typed fields={typed}>
              <RuleBuilder
                catalogue={k}
                value={root}
                onChange={change}
                faults={faults}
                tried={tried}
                audience={audience?.id}
              />
            </Typed>
          </section>
        )}
      </Beside>
      <SaveBar status={!staticList && <Brief live={live} />}>
        <Button
          disabled={busy}
          onClick={() => navigate(audience ? `/audiences/${audience.id}` : '/audiences')}
        >
          {t('common.cancel')}
        </Button>
        <Button type="primary" loading={busy} disabled={audience && !dirty} onClick={begin}>
          {t('common.save')}
        </Button>
      </SaveBar>
      {step === 'save' && audience && (
        <SaveDialog
          id={audience.id}
          rule={differs.includes('rule') ? mine.rule : null}
          busy={busy}
          onSave={(note) => save(mine, note, base.version)}
          onClose={() => setStep(null)}
        />
      )}
      {step !== null && step !== 'save' && (
        <ConflictDialog
          merged={step.merged}
          mine={mine}
          sentence={live.count?.sentence ?? ''}
          theirs={step.theirs}
          onSettle={(draft) => settle(draft, step.theirs)}
          onLater={() => setStep(null)}
        />
      )}
      {explaining && (
        <Suspense fallback={null}>
          <Explain
            rule={live.written.node}
            asOf={asOf}
            offers={live.stale ? [] : live.count?.examples}
            onClose={() => setExplaining(false)}
          />
        </Suspense>
      )}
    </div>
  )
}

/** The count at the foot, where the panel is out of sight. */
function Brief({ live }: { live: ReturnType<typeof useLive> }) {
  const { t } = useTranslation()
  if (!live.count) return null
  return (
    <span className={`${styles.brief} ${live.stale ? styles.stale : ''}`} aria-hidden="true">
      <b>
        <Count value={live.count.count} />
      </b>{' '}
      {t('ui_audience_builder.people', { count: live.count.count })}
    </span>
  )
}
