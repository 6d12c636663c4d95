import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { LayoutTemplate, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FirstUse, Page, PageHeader, QueryView } from '@/kit'
import { type Field, useFields } from '@/pages/customers/record/fields'
import { FieldForm } from './FieldForm'
import { FieldList } from './FieldList'
import { PresetsDrawer } from './PresetsDrawer'

/** What the company keeps about customers beyond the shipped record. */
export default function FieldsPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useFields()
  const [editing, setEditing] = useState<Field | 'new' | null>(null)
  const [presets, setPresets] = useState(false)
  const refresh = () => client.invalidateQueries({ queryKey: ['custom-fields'] })
  return (
    <Page>
      <PageHeader
        title={t('nav.settings.fields')}
        purpose={t('field.purpose')}
        actions={
          <>
            <Button icon={<LayoutTemplate size={16} />} onClick={() => setPresets(true)}>
              {t('field.presets')}
            </Button>
            <Button type="primary" icon={<Plus size={16} />} onClick={() => setEditing('new')}>
              {t('field.new')}
            </Button>
          </>
        }
      />
      <QueryView query={query}>
        {(fields) =>
          fields.length === 0 ? (
            <FirstUse
              title={t('field.none')}
              text={t('field.none_text')}
              action={
                <Button type="primary" onClick={() => setPresets(true)}>
                  {t('field.preset_title')}
                </Button>
              }
            />
          ) : (
            <FieldList fields={fields} onEdit={setEditing} onChanged={refresh} />
          )
        }
      </QueryView>
      <FieldForm
        target={editing}
        fields={query.data ?? []}
        onClose={() => setEditing(null)}
        onSaved={() => {
          setEditing(null)
          refresh()
        }}
      />
      <PresetsDrawer
        open={presets}
        fields={query.data ?? []}
        onClose={() => setPresets(false)}
        onSaved={() => {
          setPresets(false)
          refresh()
        }}
      />
    </Page>
  )
}
