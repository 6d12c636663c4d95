import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { Save } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { FormDrawer, useSay } from '@/kit'
import type { Mapping, Preview } from './api'
import shared from './imports.module.css'
import styles from './mapping.module.css'
import { savedKey, saveMapping, useSavedMappings } from './saved'

/** Where the meanings of the columns come from: "last", "guess", "layout:x", "saved:7". */
export type Origin = string

export const lastUsed: Origin = 'last'

/** What to ask the server for, to begin with an origin. */
export function originInput(origin: Origin): {
  guess?: boolean
  saved_id?: number
  layout?: string
} {
  const [what, of = ''] = origin.split(':')
  if (what === 'layout') return { layout: of }
  if (what === 'saved') return { saved_id: Number(of) }
  return what === 'guess' ? { guess: true } : {}
}

interface Props {
  preview: Preview
  origin: Origin
  busy: boolean
  onChoose: (origin: Origin) => void
  /** As it stands now, to be kept under a name. */
  mapping: Mapping
}

// i18n-keys: import.layout.*
/** The choice beside the guess: what was used last, another system's layout, a saved mapping. */
export function MappingChoice({ preview, origin, busy, onChoose, mapping }: Props) {
  const { t } = useTranslation()
  const saved = useSavedMappings()
  const [keep, setKeep] = useState(false)
  const mine = (saved.data ?? []).filter((m) => m.kind === preview.kind)
  const value = origin === lastUsed && !preview.saved ? 'guess' : origin
  const options = [
    { value: 'guess', label: t('imports.origin.guess') },
    ...(preview.saved || origin !== lastUsed
      ? [{ value: lastUsed, label: t('imports.origin.last') }]
      : []),
    ...(preview.layouts.length > 0
      ? [
          {
            label: t('imports.origin.layouts'),
            options: preview.layouts.map((l) => ({
              value: `layout:${l}`,
              label:
                t(`import.layout.${l}`) +
                (l === preview.layout ? t('imports.origin.recognised') : ''),
            })),
          },
        ]
      : []),
    ...(mine.length > 0
      ? [
          {
            label: t('imports.origin.saved'),
            options: mine.map((m) => ({ value: `saved:${m.id}`, label: m.name })),
          },
        ]
      : []),
  ]
  return (
    <div className={styles.origin}>
      <span className={shared.hint} aria-hidden="true">
        {t('imports.origin')}
      </span>
      <Select
        className={styles.originField}
        aria-label={t('imports.origin')}
        value={value}
        loading={busy}
        disabled={busy}
        options={options}
        onChange={onChoose}
        popupMatchSelectWidth={false}
      />
      <Button icon={<Save size={16} aria-hidden="true" />} onClick={() => setKeep(true)}>
        {t('imports.origin.keep')}
      </Button>
      <Link to="/imports/mappings">{t('imports.mappings.manage')}</Link>
      <Keep open={keep} mapping={mapping} onClose={() => setKeep(false)} />
    </div>
  )
}

/** Keeps the mapping as it stands under a name. */
function Keep({
  open,
  mapping,
  onClose,
}: {
  open: boolean
  mapping: Mapping
  onClose: () => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { done } = useSay()
  return (
    <FormDrawer<{ name: string }>
      open={open}
      title={t('imports.origin.keep')}
      note={t('imports.origin.keep_note')}
      initial={{ name: '' }}
      onClose={onClose}
      onSubmit={async ({ name }) => {
        await saveMapping({ name, mapping })
        await client.invalidateQueries({ queryKey: savedKey })
        done(t('imports.mappings.kept', { name }))
        onClose()
      }}
    >
      <Form.Item name="name" label={t('imports.mappings.name')} rules={[{ required: true }]}>
        <Input maxLength={60} />
      </Form.Item>
    </FormDrawer>
  )
}
