import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Segmented } from 'antd'
import { Check, FileX2, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { type ApiError, asApiError } from '@/api/errors'
import {
  Bone,
  EmptyState,
  ErrorState,
  errorRef,
  errorText,
  FormError,
  Section,
  ToneTag,
  useSay,
} from '@/kit'
import {
  preview as ask,
  type Kind,
  kinds,
  type Mapping,
  type Meaning,
  type Preview,
  type Rules,
  type Shape,
  startImport,
  useImport,
  useSourceName,
} from './api'
import styles from './check.module.css'
import { DryRun } from './DryRun'
import { NoFile } from './FileStep'
import shared from './imports.module.css'
import { lastUsed, MappingChoice, type Origin, originInput } from './MappingChoice'
import { MappingTable } from './MappingTable'
import { assign, columnsOf, errorColumn, mappingOf, needs } from './mapping'
import { Reading } from './Reading'
import { RulesForm } from './RulesForm'
import { SourceDoubt } from './SourceDoubt'
import { discard, handedOver } from './useUpload'

interface Props {
  upload: number
  /** Undefined: guessed by the server. */
  kind: Kind | undefined
  source: string
  /** An earlier import whose settings stand there from the start. */
  from: number | null
  onKind: (kind: Kind) => void
  onBack: () => void
}

/** Step 2: what was recognised, corrected where it is wrong, tried out, started. */
export function CheckStep(props: Props) {
  const { upload, kind, source, from } = props
  const { t } = useTranslation()
  const [shape, setShape] = useState<Shape>({})
  const [origin, setOrigin] = useState<Origin>(lastUsed)
  const [choosing, setChoosing] = useState(false)
  const client = useQueryClient()
  const { fail } = useSay()
  const earlier = useImport(from)
  const reshaped = Object.keys(shape).length > 0
  const asked = (origin: Origin) => {
    const { layout, ...begin } = originInput(origin)
    return {
      queryKey: ['imports', 'preview', upload, kind, source, shape, from, origin],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        ask(
          {
            upload_id: upload,
            kind: layout ? 'customers' : kind,
            source,
            ...begin,
            mapping:
              reshaped || layout
                ? { kind: kind ?? 'orders', layout, columns: {}, rules: {}, ...shape }
                : origin === lastUsed
                  ? earlier.data?.mapping
                  : undefined,
          },
          signal,
        ),
    }
  }
  // What cannot be had, such as the layout of another file, leaves all as it is.
  const choose = async (next: Origin) => {
    setChoosing(true)
    try {
      await client.fetchQuery({ ...asked(next), staleTime: 'static', retry: false })
      setOrigin(next)
    } catch (error) {
      fail(error)
    } finally {
      setChoosing(false)
    }
  }
  const query = useQuery({
    ...asked(origin),
    // Without the earlier import it goes on as for any other file.
    enabled: from === null || !earlier.isPending,
    // The file does not change, and what a person corrected must not be taken away
    // by a job that ends and makes all on screen stale.
    staleTime: 'static',
    retry: false,
  })
  if (query.data) {
    return (
      <Editor
        key={JSON.stringify([kind, source, shape, origin])}
        {...props}
        preview={
          earlier.data && !reshaped && origin === lastUsed
            ? { ...query.data, saved: true }
            : query.data
        }
        origin={origin}
        choosing={choosing}
        onOrigin={choose}
        shape={shape}
        onShape={setShape}
      />
    )
  }
  if (!query.error) return <Bones />
  const error = asApiError(query.error)
  const other = () => {
    discard(upload)
    props.onBack()
  }
  if (error.status === 404 || error.status === 409) return <NoFile onBack={other} />
  if (error.status < 400 || error.status >= 500 || error.status === 403) {
    return <ErrorState error={error} onRetry={() => query.refetch()} />
  }
  // The file itself is at fault: another try would say the same.
  const { title, text } = errorText(error, t)
  return (
    <EmptyState
      icon={<FileX2 size={28} strokeWidth={1.5} />}
      title={text ? t('imports.file.bad') : title}
      text={text || undefined}
      small={errorRef(error, t)}
      action={
        <>
          <Button type="primary" onClick={other}>
            {t('imports.file.again')}
          </Button>
          {reshaped && <Button onClick={() => setShape({})}>{t('imports.reading.auto')}</Button>}
        </>
      }
    />
  )
}

// i18n-keys: import.layout.*, import.kind.*, import.warn.*, imports.need.*
function Editor({
  upload,
  source,
  preview,
  shape,
  onShape,
  origin,
  choosing,
  onOrigin,
  onKind,
  onBack,
}: Props & {
  preview: Preview
  shape: Shape
  onShape: (shape: Shape) => void
  origin: Origin
  choosing: boolean
  onOrigin: (origin: Origin) => void
}) {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const [columns, setColumns] = useState(() => columnsOf(preview))
  const [rules, setRules] = useState<Rules>(() => preview.mapping.rules ?? {})
  const [released, setReleased] = useState<string | null>(null)
  const [dry, setDry] = useState<{ id: number; of: string } | null>(null)
  const [busy, setBusy] = useState<'dry' | 'run' | null>(null)
  const sourceName = useSourceName(source)
  const [failure, setFailure] = useState<ApiError | null>(null)
  const { kind } = preview

  const mapping = mappingOf(preview, columns, rules)
  const wanted = needs(kind, columns, rules)
  const ready = wanted.every((n) => n.met)
  const touched = (key: string, meaning: Meaning) => {
    const next = assign(columns, key, meaning)
    setColumns(next.columns)
    setReleased(next.released)
    setFailure(null)
  }
  const errors = new Map<string, string>()
  for (const field of failure?.fields ?? []) {
    const column = errorColumn(field.path)
    if (column) errors.set(column, field.message)
  }

  const start = async (dryRun: boolean) => {
    setBusy(dryRun ? 'dry' : 'run')
    setFailure(null)
    try {
      const made = await startImport({
        upload_id: upload,
        kind,
        source,
        mapping,
        dry_run: dryRun,
      })
      if (dryRun) setDry({ id: made.id, of: print(mapping) })
      else {
        handedOver()
        navigate(`/imports/${made.id}`, { state: { flow: true } })
      }
    } catch (error) {
      setFailure(asApiError(error))
    } finally {
      setBusy(null)
    }
  }
  return (
    <>
      <div className={styles.read}>
        <div className={styles.readFacts}>
          <Segmented
            aria-label={t('imports.kind.label')}
            value={kind}
            onChange={(value) => onKind(value)}
            options={kinds.map((k) => ({ value: k, label: t(`import.kind.${k}`) }))}
          />
          {sourceName && (
            <span className="zk-muted">{t('imports.source.named', { source: sourceName })}</span>
          )}
          {preview.saved && <ToneTag tone={5}>{t('imports.saved')}</ToneTag>}
          {preview.layout && preview.mapping.layout === preview.layout && (
            <ToneTag tone={5}>
              {t('imports.recognised', { layout: t(`import.layout.${preview.layout}`) })}
            </ToneTag>
          )}
        </div>
        <MappingChoice
          preview={preview}
          origin={origin}
          busy={choosing}
          onChoose={onOrigin}
          mapping={mapping}
        />
        <Reading preview={preview} shape={shape} onChange={onShape} />
      </div>
      <SourceDoubt preview={preview} source={source} onChange={onBack} />
      {preview.missing.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('imports.missing', { count: preview.missing.length })}
          description={preview.missing.join(' · ')}
        />
      )}
      {preview.warnings.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('imports.warnings', { count: preview.warnings.length })}
          description={
            <ul className={styles.list}>
              {preview.warnings
                .filter((key) => i18n.exists(key))
                .map((key) => (
                  <li key={key}>{t(key)}</li>
                ))}
            </ul>
          }
        />
      )}
      <Section
        title={t('imports.columns')}
        note={t('imports.columns.note', {
          used: Object.keys(columns).length,
          total: preview.columns.length,
        })}
        extra={
          <ul className={styles.needs} aria-label={t('imports.needs')}>
            {wanted.map(({ need, met }) => (
              <li key={need} className={met ? styles.met : styles.unmet}>
                {met ? <Check size={15} aria-hidden="true" /> : <X size={15} aria-hidden="true" />}
                {t(met ? `imports.need.${need}` : `imports.need.${need}_missing`)}
              </li>
            ))}
          </ul>
        }
      >
        <output className={released ? styles.released : 'zk-sr'}>
          {released && t('imports.released', { column: released })}
        </output>
        <MappingTable preview={preview} columns={columns} errors={errors} onAssign={touched} />
      </Section>
      <RulesForm preview={preview} columns={columns} rules={rules} onChange={setRules} />
      {dry && <DryRun id={dry.id} stale={dry.of !== print(mapping)} />}
      <FormError
        error={failure}
        rest={failure?.fields
          .filter((field) => !errorColumn(field.path))
          .map((field) => field.message)}
      />
      <div className={styles.actions}>
        <Button onClick={onBack}>{t('common.previous')}</Button>
        <span className={styles.actionsNote}>
          {ready ? t('imports.ready') : t('imports.not_ready')}
        </span>
        <Button
          disabled={!ready || busy === 'run'}
          loading={busy === 'dry'}
          onClick={() => start(true)}
        >
          {t('imports.try')}
        </Button>
        <Button
          type="primary"
          disabled={!ready || busy === 'dry'}
          loading={busy === 'run'}
          onClick={() => start(false)}
        >
          {t('imports.start')}
        </Button>
      </div>
    </>
  )
}

const print = (mapping: Mapping) => JSON.stringify([mapping.columns, mapping.rules])

function Bones() {
  return (
    <div aria-busy="true" className={shared.bones}>
      <Bone width={260} height={32} />
      <Bone width="70%" />
      <Bone width="100%" height={360} />
    </div>
  )
}
