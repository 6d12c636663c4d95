import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { Download, Plus, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import {
  Can,
  DateTime,
  EmptyState,
  FormDrawer,
  LinkButton,
  Page,
  PageHeader,
  QueryView,
  ToneTag,
  useConfirmWithUndo,
  useSay,
} from '@/kit'
import shared from './imports.module.css'
import styles from './mapping.module.css'
import { groupsOf, useMeaningWord, useTargets } from './meanings'
import {
  changeMapping,
  dropMapping,
  mappingFile,
  type SavedMapping,
  savedKey,
  saveMapping,
  useSavedMappings,
} from './saved'

// i18n-keys: import.kind.*, import.layout.*
/** Mappings kept under a name: renamed, changed, taken along as a file, forgotten. */
export default function MappingsPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useSavedMappings()
  const confirm = useConfirmWithUndo()
  const [open, setOpen] = useState<SavedMapping | null>(null)
  const again = () => client.invalidateQueries({ queryKey: savedKey })
  const drop = (m: SavedMapping) =>
    confirm({
      title: t('imports.mappings.drop_title', { name: m.name }),
      text: t('imports.mappings.drop_text'),
      confirmText: t('common.delete'),
      danger: true,
      act: async () => {
        await dropMapping(m.id)
        await again()
      },
      done: t('imports.mappings.dropped', { name: m.name }),
      undo: async () => {
        await saveMapping({ name: m.name, mapping: m.mapping })
        await again()
      },
    })
  return (
    <Page>
      <PageHeader
        trail={[{ label: t('nav.customers.imports'), to: '/imports' }]}
        title={t('imports.mappings')}
        purpose={t('imports.mappings.purpose')}
      />
      <QueryView query={query}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState
              title={t('imports.mappings.none')}
              text={t('imports.mappings.none_text')}
              action={
                <Can permission={perm.importRun}>
                  <LinkButton to="/imports/new">{t('imports.new')}</LinkButton>
                </Can>
              }
            />
          ) : (
            <ul className={styles.savedList} aria-label={t('imports.mappings')}>
              {list.map((m) => (
                <li key={m.id}>
                  <div className={styles.savedName}>
                    <strong className="zk-break">{m.name}</strong>{' '}
                    {m.stale && <ToneTag tone={3}>{t('imports.mappings.stale')}</ToneTag>}
                    <div className={shared.hint}>
                      {t(`import.kind.${m.kind}`)}
                      {m.mapping.layout && ` · ${t(`import.layout.${m.mapping.layout}`)}`} ·{' '}
                      {t('imports.mappings.columns', {
                        count: Object.keys(m.mapping.columns).length,
                      })}{' '}
                      · {m.updated_by} <DateTime at={m.updated_at} />
                    </div>
                  </div>
                  <div className={styles.savedActs}>
                    <Button size="small" onClick={() => setOpen(m)}>
                      {t('common.edit')}
                    </Button>
                    <Button
                      size="small"
                      href={mappingFile(m.id)}
                      icon={<Download size={14} aria-hidden="true" />}
                    >
                      {t('imports.mappings.export')}
                    </Button>
                    <Button size="small" type="text" danger onClick={() => drop(m)}>
                      {t('common.delete')}
                    </Button>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
      {open && <Edit key={open.id} of={open} onClose={() => setOpen(null)} onDone={again} />}
    </Page>
  )
}

interface Row {
  column: string
  meaning: string
}

/** Name and columns of a saved mapping. */
function Edit({
  of,
  onClose,
  onDone,
}: {
  of: SavedMapping
  onClose: () => void
  onDone: () => Promise<unknown>
}) {
  const { t } = useTranslation()
  const { done } = useSay()
  const targets = useTargets(of.kind)
  const fields = targets.data?.fields ?? []
  const word = useMeaningWord(fields)
  const options = useMemo(
    () =>
      // i18n-keys: imports.group.*
      groupsOf(targets.data?.meanings ?? [], targets.data?.fields ?? []).map(
        ({ group, meanings }) => ({
          label: t(`imports.group.${group}`),
          options: meanings.map((value) => ({ value, label: word(value) })),
        }),
      ),
    [targets.data, t, word],
  )
  const rows: Row[] = Object.entries(of.mapping.columns).map(([column, meaning]) => ({
    column,
    meaning,
  }))
  return (
    <FormDrawer<{ name: string; rows: Row[] }>
      open
      title={t('imports.mappings.edit')}
      note={t('imports.mappings.edit_note')}
      initial={{ name: of.name, rows }}
      width={640}
      onClose={onClose}
      onReload={() => {
        onClose()
        void onDone()
      }}
      onSubmit={async ({ name, rows }) => {
        const columns = Object.fromEntries(
          (rows ?? []).filter((r) => r?.column).map((r) => [r.column.trim(), r.meaning]),
        )
        await changeMapping(of.id, {
          name,
          mapping: { ...of.mapping, columns },
          updated_at: of.updated_at,
        })
        await onDone()
        done(t('imports.mappings.kept', { name }))
        onClose()
      }}
    >
      <Form.Item name="name" label={t('imports.mappings.name')} rules={[{ required: true }]}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.List name="rows">
        {(list, { add, remove }) => (
          <fieldset className={styles.savedRows}>
            <legend>{t('imports.columns')}</legend>
            {list.map(({ key, name }) => (
              <div key={key} className={styles.savedRow}>
                <Form.Item name={[name, 'column']} rules={[{ required: true }]} noStyle>
                  <Input aria-label={t('import.error_column')} maxLength={200} />
                </Form.Item>
                <Form.Item name={[name, 'meaning']} rules={[{ required: true }]} noStyle>
                  <Select
                    aria-label={t('imports.meaning')}
                    showSearch={{ optionFilterProp: 'label' }}
                    options={options}
                    loading={targets.isPending}
                  />
                </Form.Item>
                <Button
                  type="text"
                  aria-label={t('common.delete')}
                  icon={<Trash2 size={16} aria-hidden="true" />}
                  onClick={() => remove(name)}
                />
              </div>
            ))}
            <Button
              icon={<Plus size={16} aria-hidden="true" />}
              onClick={() => add({ column: '', meaning: undefined })}
            >
              {t('imports.mappings.add_column')}
            </Button>
          </fieldset>
        )}
      </Form.List>
    </FormDrawer>
  )
}
