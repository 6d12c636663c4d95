import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Segmented } from 'antd'
import { ListPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { perm } from '@/app/permissions'
import { Can, FormDrawer, useFormat, useSay } from '@/kit'
import {
  addEntries,
  createAudience,
  deleteAudience,
  type Entries,
  removeEntries,
  written,
} from '../api'
import { ListPicker } from '../Picker'

interface Values {
  list?: number
  name?: string
}

/** "加入名单…" of a selection: into a list that is there, or a new one. */
export function AddToList({
  entries,
  count,
  onDone,
}: {
  entries: Entries
  count: number
  onDone: () => void
}) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <Can permission={perm.audienceEdit}>
      <Button size="small" icon={<ListPlus size={15} />} onClick={() => setOpen(true)}>
        {t('audiences.list.add')}
      </Button>
      {open && (
        <Dialog
          entries={entries}
          count={count}
          onClose={(added) => {
            setOpen(false)
            if (added) onDone()
          }}
        />
      )}
    </Can>
  )
}

function Dialog({
  entries,
  count,
  onClose,
}: {
  entries: Entries
  count: number
  onClose: (added: boolean) => void
}) {
  const { t } = useTranslation()
  const f = useFormat()
  const client = useQueryClient()
  const { done } = useSay()
  const [fresh, setFresh] = useState(false)
  return (
    <FormDrawer<Values>
      open
      title={t('audiences.list.add_title', { count, shown: f.count(count) })}
      note={t('audiences.list.add_note')}
      initial={{}}
      submitText={t('audiences.list.submit')}
      onClose={() => onClose(false)}
      onSubmit={async ({ list, name }) => {
        const made = fresh ? await createAudience({ name: name ?? '', kind: 'static' }) : null
        const id = made?.id ?? list ?? 0
        try {
          const out = await addEntries(id, entries)
          // Those that were in it before must stay when this is taken back.
          const undo =
            entries.customer_ids && out.unchanged === 0
              ? async () => {
                  await removeEntries(id, entries)
                  written(client)
                }
              : undefined
          done(
            t(out.job_id ? 'audiences.list.adding' : 'audiences.list.added', {
              count: out.changed,
            }),
            undo,
          )
        } catch (error) {
          // A list that was made for this and got nobody is of no use.
          if (made) await deleteAudience(made.id).catch(() => {})
          throw error
        }
        written(client)
        onClose(true)
      }}
    >
      <Form.Item label={t('audiences.list.where')}>
        <Segmented<boolean>
          block
          aria-label={t('audiences.list.where')}
          value={fresh}
          onChange={setFresh}
          options={[
            { value: false, label: t('audiences.list.existing') },
            { value: true, label: t('audiences.list.fresh') },
          ]}
        />
      </Form.Item>
      {fresh ? (
        <Form.Item
          name="name"
          label={t('common.name')}
          rules={[{ required: true, whitespace: true, message: t('audiences.name_missing') }]}
        >
          <Input maxLength={60} autoFocus />
        </Form.Item>
      ) : (
        <Form.Item
          name="list"
          label={t('audiences.kind.static')}
          rules={[{ required: true, message: t('audiences.list.pick') }]}
        >
          <ListPicker label={t('audiences.kind.static')} />
        </Form.Item>
      )}
    </FormDrawer>
  )
}
