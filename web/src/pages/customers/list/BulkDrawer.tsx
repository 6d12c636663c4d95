import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Drawer, Input, Select } from 'antd'
import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ApiError, asApiError } from '@/api/errors'
import { perm } from '@/app/permissions'
import { errorRef, errorText, Typed, useFormat, useIsPhone, useMe, useTyped } from '@/kit'
import { TagPicker } from '../record/TagEditor'
import {
  type BulkActions,
  type BulkPreview,
  type FieldInfo,
  previewBulk,
  type Selection,
  startBulk,
} from './api'
import { BulkOutcome } from './BulkOutcome'
import { PreviewView } from './BulkPreview'
import styles from './list.module.css'
import { SetInput, settable } from './SetInput'

interface Setting {
  key: number
  code: string
  value: unknown
  /** The field is emptied. */
  empty: boolean
}

let last = 0

/** Changes many customers at once: what, then exactly what it would do, then the work and its undo. */
export default function BulkDrawer({
  fields,
  selection,
  count,
  onClose,
}: {
  fields: FieldInfo[]
  selection: Selection
  /** How many were chosen, as far as the list counted. */
  count: number
  onClose: (changed: boolean) => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const phone = useIsPhone()
  const client = useQueryClient()
  const me = useMe()
  const [settings, setSettings] = useState<Setting[]>(
    me.can(perm.customerEdit) ? [{ key: ++last, code: '', value: null, empty: false }] : [],
  )
  const [add, setAdd] = useState<number[]>([])
  const [remove, setRemove] = useState<number[]>([])
  const [releasing, setReleasing] = useState(false)
  const [reason, setReason] = useState('')
  const [preview, setPreview] = useState<BulkPreview | null>(null)
  const [run, setRun] = useState<number | null>(null)
  const [busy, setBusy] = useState(false)
  const typed = useTyped()
  const [failure, setFailure] = useState<ApiError | null>(null)

  const filled = settings.filter((s) => s.code && (s.empty || (s.value !== null && s.value !== '')))
  const actions: BulkActions = {
    set:
      filled.length > 0
        ? Object.fromEntries(filled.map((s) => [s.code, s.empty ? null : s.value]))
        : undefined,
    add_tags: add.length > 0 ? add : undefined,
    remove_tags: remove.length > 0 ? remove : undefined,
    release: releasing ? reason.trim() || undefined : undefined,
  }
  const ready =
    (filled.length > 0 || add.length > 0 || remove.length > 0 || releasing) &&
    (!releasing || reason.trim() !== '') &&
    settings.every((s) => s.code === '' || filled.includes(s))
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true)
    setFailure(null)
    try {
      await act()
    } catch (thrown) {
      setFailure(asApiError(thrown))
    } finally {
      setBusy(false)
    }
  }
  const look = () =>
    typed.readable() && attempt(async () => setPreview(await previewBulk(selection, actions)))
  const start = () =>
    attempt(async () => {
      if (!preview) return
      const started = await startBulk(preview.id)
      setRun(started.id)
      client.invalidateQueries({ queryKey: ['bulk'] })
    })

  const footer =
    run !== null ? (
      <div className={styles.foot}>
        <span className={styles.push} />
        <Button type="primary" onClick={() => onClose(true)}>
          {t('common.close')}
        </Button>
      </div>
    ) : (
      <div className={styles.foot}>
        {preview && (
          <Button onClick={() => setPreview(null)} disabled={busy}>
            {t('common.back')}
          </Button>
        )}
        <span className={styles.push} />
        <Button onClick={() => onClose(false)}>{t('common.cancel')}</Button>
        {preview ? (
          <Button type="primary" loading={busy} disabled={preview.changed === 0} onClick={start}>
            {t('ui_list.bulk.start', { count: preview.changed })}
          </Button>
        ) : (
          <Button type="primary" loading={busy} disabled={!ready} onClick={look}>
            {t('ui_list.bulk.preview')}
          </Button>
        )}
      </div>
    )
  return (
    <Drawer
      open
      onClose={() => onClose(run !== null)}
      title={t('ui_list.bulk.title', { total: f.count(count) })}
      size={phone ? '100%' : 600}
      footer={footer}
    >
      <div className={styles.bulk}>
        {failure && <Failure error={failure} fields={fields} />}
        {run !== null ? (
          <BulkOutcome id={run} />
        ) : preview ? (
          <PreviewView preview={preview} fields={fields} />
        ) : (
          <>
            {me.can(perm.customerEdit) && (
              <Typed fields={typed}>
                <Settings fields={fields} settings={settings} onChange={setSettings} />
              </Typed>
            )}
            {me.can(perm.tagAssign) && (
              <>
                <div className={styles.field}>
                  <span>{t('ui_list.bulk.add_tags')}</span>
                  <TagPicker value={add} onChange={setAdd} />
                </div>
                <div className={styles.field}>
                  <span>{t('ui_list.bulk.remove_tags')}</span>
                  <TagPicker value={remove} onChange={setRemove} />
                </div>
              </>
            )}
            {(me.can(perm.customerPool) || me.can(perm.customerAssign)) && (
              <div className={styles.field}>
                <Checkbox checked={releasing} onChange={(e) => setReleasing(e.target.checked)}>
                  {t('ui_list.bulk.release')}
                </Checkbox>
                {releasing && (
                  <Input
                    aria-label={t('common.reason')}
                    placeholder={t('common.reason')}
                    maxLength={200}
                    value={reason}
                    onChange={(event) => setReason(event.target.value)}
                  />
                )}
              </div>
            )}
          </>
        )}
      </div>
    </Drawer>
  )
}

function Failure({ error, fields }: { error: ApiError; fields: FieldInfo[] }) {
  const { t } = useTranslation()
  const { title, text } = errorText(error, t)
  const label = (path: string) => {
    const code = /actions\.set\.(.+)$/.exec(path)?.[1]
    return fields.find((f) => f.code === code)?.label
  }
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={error.fields.length > 0 ? t('ui_list.bulk.wrong') : title}
      description={
        error.fields.length > 0 ? (
          <ul className={styles.plain}>
            {error.fields.map((x) => (
              <li key={x.path}>
                {[label(x.path), x.message].filter(Boolean).join(t('ui_list.colon'))}
              </li>
            ))}
          </ul>
        ) : (
          [text, errorRef(error, t)].filter(Boolean).join(' ')
        )
      }
    />
  )
}

const maxFields = 20

function Settings({
  fields,
  settings,
  onChange,
}: {
  fields: FieldInfo[]
  settings: Setting[]
  onChange: (settings: Setting[]) => void
}) {
  const { t } = useTranslation()
  const me = useMe()
  const assigned = ['owner', 'adviser', 'department']
  const may = fields.filter(
    (f) => settable(f) && (!assigned.includes(f.code) || me.can(perm.customerAssign)),
  )
  const put = (key: number, part: Partial<Setting>) =>
    onChange(settings.map((s) => (s.key === key ? { ...s, ...part } : s)))
  return (
    <div className={styles.field}>
      <span>{t('ui_list.bulk.set')}</span>
      {settings.map((s) => {
        const field = may.find((f) => f.code === s.code)
        const empties = field && !field.required && !['kind', 'stage'].includes(field.code)
        return (
          <div key={s.key} className={styles.setting}>
            <Select<string>
              aria-label={t('ui_list.filter.field')}
              placeholder={t('ui_list.filter.field')}
              value={s.code || undefined}
              showSearch={{ optionFilterProp: 'label' }}
              options={may
                .filter((f) => f.code === s.code || !settings.some((o) => o.code === f.code))
                .map((f) => ({ value: f.code, label: f.label }))}
              onChange={(code) => put(s.key, { code, value: null, empty: false })}
            />
            <div className={styles.value}>
              {field && !s.empty && (
                <SetInput
                  key={field.code}
                  field={field}
                  value={s.value}
                  onChange={(value) => put(s.key, { value })}
                />
              )}
              {empties && (
                <Checkbox
                  checked={s.empty}
                  onChange={(event) => put(s.key, { empty: event.target.checked, value: null })}
                >
                  {t('ui_list.bulk.empty')}
                </Checkbox>
              )}
            </div>
            <Button
              type="text"
              icon={<Trash2 size={15} />}
              aria-label={t('ui_list.bulk.remove_field')}
              onClick={() => onChange(settings.filter((o) => o.key !== s.key))}
            />
          </div>
        )
      })}
      <div>
        <Button
          size="small"
          icon={<Plus size={14} />}
          disabled={settings.length >= maxFields}
          onClick={() =>
            onChange([...settings, { key: ++last, code: '', value: null, empty: false }])
          }
        >
          {t('ui_list.bulk.add_field')}
        </Button>
      </div>
    </div>
  )
}
