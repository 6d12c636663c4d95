import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, ok } from '@/api/client'
import type { components } from '@/api/schema.gen'
import { DetailDrawer, QueryView, useSay } from '@/kit'
import { type Field, useLabel } from '@/pages/customers/record/fields'
import styles from './fields.module.css'

type Preset = components['schemas']['FieldPreset']

/** The fields of an industry, to choose from. */
export function PresetsDrawer({
  open,
  fields,
  onClose,
  onSaved,
}: {
  open: boolean
  fields: Field[]
  onClose: () => void
  onSaved: () => void
}) {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['custom-fields', 'presets'],
    enabled: open,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => (await ok(api.GET('/custom-fields/presets', { signal }))).items,
  })
  return (
    <DetailDrawer open={open} title={t('field.preset_title')} onClose={onClose}>
      <QueryView query={query} compact>
        {(presets) => <Choice presets={presets} fields={fields} onSaved={onSaved} />}
      </QueryView>
    </DetailDrawer>
  )
}

function Choice({
  presets,
  fields,
  onSaved,
}: {
  presets: Preset[]
  fields: Field[]
  onSaved: () => void
}) {
  const { t } = useTranslation()
  const label = useLabel()
  const { done, fail } = useSay()
  const [code, setCode] = useState(presets[0]?.code ?? '')
  const [left, setLeft] = useState<Set<string>>(new Set())
  const [busy, setBusy] = useState(false)
  const preset = presets.find((p) => p.code === code)
  if (!preset) return null
  const there = new Set(
    preset.fields
      .filter((f) => fields.some((have) => have.code === f.code || have.name.zh === f.name.zh))
      .map((f) => f.code ?? ''),
  )
  const offered = preset.fields.map((f) => f.code ?? '').filter((c) => !there.has(c))
  const chosen = offered.filter((c) => !left.has(c))
  const add = async () => {
    setBusy(true)
    try {
      const answer = await ok(
        api.POST('/custom-fields/presets/{code}', {
          params: { path: { code } },
          body: { codes: chosen },
        }),
      )
      done(t('field.preset_done', { count: answer.created.length }))
      onSaved()
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className={styles.preset}>
      <p className="zk-muted">{t('field.preset_note')}</p>
      <Segmented
        block
        aria-label={t('field.preset_choose')}
        value={code}
        onChange={(next) => {
          setCode(String(next))
          setLeft(new Set())
        }}
        options={presets.map((p) => ({ value: p.code, label: label(p.name) }))}
      />
      <p>{label(preset.about)}</p>
      <Checkbox
        checked={offered.length > 0 && chosen.length === offered.length}
        indeterminate={chosen.length > 0 && chosen.length < offered.length}
        disabled={offered.length === 0}
        onChange={(event) => setLeft(new Set(event.target.checked ? [] : offered))}
      >
        {t('field.preset_all')}
      </Checkbox>
      <ul className={styles.presetFields}>
        {preset.fields.map((field) => {
          const key = field.code ?? ''
          return (
            <li key={key} className={styles.presetField}>
              <Checkbox
                checked={there.has(key) || !left.has(key)}
                disabled={there.has(key)}
                onChange={(event) => {
                  const next = new Set(left)
                  if (event.target.checked) next.delete(key)
                  else next.add(key)
                  setLeft(next)
                }}
              >
                {label(field.name)}
              </Checkbox>
              <span className="zk-muted">
                {there.has(key) ? t('field.preset_there') : t(`field.kind.${field.kind}`)}
              </span>
            </li>
          )
        })}
      </ul>
      <div className={styles.foot}>
        <Button type="primary" loading={busy} disabled={chosen.length === 0} onClick={add}>
          {t('field.preset_import', { count: chosen.length })}
        </Button>
      </div>
    </div>
  )
}
