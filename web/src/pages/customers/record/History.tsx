import { Button, Select } from 'antd'
import { ArrowRight, Eye } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { perm } from '@/app/permissions'
import { Bones, DateTime, ErrorState, Section, useMe, useSay } from '@/kit'
import { revealChange, useChanges } from './api'
import { useFields, useLabel } from './fields'
import { byWrite, type Line, lines } from './history'
import styles from './history.module.css'
import { useEditor } from './useEditor'
import { useFieldWords } from './words'

/** How long a sealed change stays in clear. */
const shownSeconds = 30

// What can be asked for, in the order of the page; a part stands for all of its fields.
const choices: { key: string; fields: string }[] = [
  { key: 'name', fields: 'name' },
  { key: 'phone', fields: 'phone,phone.label,phone.validity,phone.is_primary' },
  { key: 'email', fields: 'email,email.label,email.validity,email.is_primary' },
  { key: 'wecom', fields: 'wecom,wecom.label,wecom.validity,wecom.is_primary' },
  { key: 'address', fields: 'address,address.label,address.validity,address.is_primary' },
  { key: 'code', fields: 'code,code.label,code.validity,code.is_primary' },
  { key: 'company', fields: 'company' },
  { key: 'birthday', fields: 'birthday,birthday_lunar' },
  { key: 'region', fields: 'region_code,province,city,district' },
  { key: 'remark', fields: 'remark' },
  { key: 'owner_id', fields: 'owner_id,release_reason' },
  { key: 'adviser_id', fields: 'adviser_id' },
  { key: 'department_id', fields: 'department_id' },
  { key: 'team', fields: 'team' },
  {
    key: 'relation',
    fields: 'relation,relation.role,relation.title,relation.note,relation.is_primary',
  },
  { key: 'invoice', fields: 'invoice' },
]

// i18n-keys: timeline.origin.*
/** Who changed which field, when, from what to what. */
export function History() {
  const { t } = useTranslation()
  const { record } = useEditor()
  const words = useFieldWords()
  const label = useLabel()
  const custom = useFields().data ?? []
  const [params, setParams] = useSearchParams()
  const chosen = params.get('field') ?? ''
  const fields = choices.find((c) => c.key === chosen)?.fields ?? chosen
  const query = useChanges(record.id, fields)
  const choose = (field: string | undefined) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (field) next.set('field', field)
        else next.delete('field')
        return next
      },
      { replace: true, preventScrollReset: true },
    )
  const writes = byWrite(query.data?.pages.flatMap((page) => page.items) ?? [])
  return (
    <Section
      title={t('record.section.history')}
      extra={
        <Select<string>
          size="small"
          allowClear
          className={styles.filter}
          aria-label={t('record.history.filter')}
          placeholder={t('record.history.all')}
          value={chosen || undefined}
          onChange={choose}
          showSearch={{ optionFilterProp: 'label' }}
          options={[
            ...choices.map((c) => ({ value: c.key, label: words.name(c.key) })),
            ...custom.map((f) => ({ value: `f.${f.code}`, label: label(f.name) })),
          ]}
        />
      }
    >
      {query.isPending ? (
        <Bones rows={4} />
      ) : query.error && !query.data ? (
        <ErrorState compact error={query.error} onRetry={() => query.refetch()} />
      ) : writes.length === 0 ? (
        <p className="zk-muted">
          {t(chosen ? 'record.history.none_of' : 'record.history.none')}
          {chosen && (
            <Button type="link" size="small" onClick={() => choose(undefined)}>
              {t('record.history.all')}
            </Button>
          )}
        </p>
      ) : (
        <ol className={styles.history} aria-busy={query.isPlaceholderData}>
          {writes.map((write) => (
            <li key={write.key}>
              <div className={styles.write}>
                <strong>{write.actor || t('record.history.program')}</strong>
                <span className="zk-muted">{t(`timeline.origin.${write.origin}`)}</span>
                <span className="zk-muted">
                  <DateTime at={write.at} />
                </span>
              </div>
              <ul>
                {lines(write.changes).map((line) => (
                  <ChangeLine key={line.changes[0]?.id} line={line} />
                ))}
              </ul>
            </li>
          ))}
        </ol>
      )}
      {query.hasNextPage && (
        <Button
          className={styles.moreButton}
          loading={query.isFetchingNextPage}
          onClick={() => query.fetchNextPage()}
        >
          {t('common.load_more')}
        </Button>
      )}
    </Section>
  )
}

function ChangeLine({ line }: { line: Line }) {
  const { t } = useTranslation()
  const me = useMe()
  const { record } = useEditor()
  const { fail } = useSay()
  const words = useFieldWords()
  const sealed = line.changes.find((c) => c.sealed)
  const [clear, setClear] = useState<{ before: string; after: string } | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    if (!clear) return
    const hide = () => setClear(null)
    const timer = setTimeout(hide, shownSeconds * 1000)
    const away = () => document.visibilityState === 'hidden' && hide()
    document.addEventListener('visibilitychange', away)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', away)
    }
  }, [clear])
  const show = async () => {
    if (!sealed) return
    setBusy(true)
    try {
      setClear(await revealChange(record.id, sealed.id))
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  const empty = <span className="zk-muted">{t('record.empty')}</span>
  const text = (side: 'before' | 'after') => {
    const parts = line.changes.map((c) =>
      // "solar" needs no word beside a date.
      c.field === 'birthday_lunar' && line.changes.length > 1 && c[side] !== 'true'
        ? ''
        : words.value(c.field, c[side], c[`${side}_label`]),
    )
    return clear?.[side] || [...new Set(parts)].filter(Boolean).join(' ') || empty
  }
  const name = line.changes[0]?.field_label || words.name(line.field)
  return (
    <li className={styles.change}>
      <span className={styles.changeField}>{name}</span>
      <span className={`zk-break ${styles.before}`}>
        <span className="zk-sr">{t('record.history.before')}</span>
        {text('before')}
      </span>
      <ArrowRight size={14} aria-hidden="true" />
      <span className={`zk-break ${clear ? styles.clear : ''}`}>
        <span className="zk-sr">{t('record.history.after')}</span>
        {text('after')}
      </span>
      {sealed && !clear && record.editable && me.can(perm.customerReveal) && (
        <Button
          type="text"
          size="small"
          loading={busy}
          icon={<Eye size={14} />}
          aria-label={t('record.history.reveal', { field: name })}
          onClick={show}
        />
      )}
    </li>
  )
}
