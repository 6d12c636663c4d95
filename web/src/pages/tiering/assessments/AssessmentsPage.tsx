import { Button } from 'antd'
import { Download, FilePlus2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import { api, ok } from '@/api/client'
import { perm } from '@/app/permissions'
import {
  Can,
  type Column,
  DataTable,
  Day,
  download,
  EmptyState,
  Page,
  PageHeader,
  useSay,
} from '@/kit'
import { useSchemes } from '../queries'
import { useByDimension } from '../useByDimension'
import { AssessForm } from './AssessForm'
import { type Assessment, assessmentPath } from './api'

/** The impact assessments that were filed, newest first; none is ever changed. */
export default function AssessmentsPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { done, fail } = useSay()
  const [params] = useSearchParams()
  const [filing, setFiling] = useState(false)
  const [busy, setBusy] = useState(false)
  const byDimension = useByDimension()
  const schemes = useSchemes().data
  const columns: Column<Assessment>[] = [
    byDimension.column,
    {
      key: 'scheme',
      title: t('tiers.head.scheme'),
      render: (a) => schemes?.find((s) => s.scheme.code === a.scheme)?.scheme.name ?? a.scheme,
    },
    {
      key: 'purpose',
      title: t('ui_assess.part.purpose'),
      ellipsis: true,
      phone: 'wide',
      render: (a) => a.purpose,
    },
    { key: 'by', title: t('ui_assess.filed_by'), render: (a) => a.filed_by_name || null },
    { key: 'filed', title: t('ui_assess.filed_at'), render: (a) => <Day at={a.filed_at} /> },
    { key: 'kept', title: t('ui_assess.kept_until'), render: (a) => <Day at={a.kept_until} /> },
  ]
  const save = async () => {
    setBusy(true)
    try {
      const dimension = params.get('dimension') ?? ''
      await download(
        '/tiering/assessments/export',
        dimension ? { dimension } : {},
        'impact-assessments.xlsx',
      )
    } catch (error) {
      fail(error)
    } finally {
      setBusy(false)
    }
  }
  const file = (
    <Button type="primary" icon={<FilePlus2 size={16} />} onClick={() => setFiling(true)}>
      {t('ui_assess.file')}
    </Button>
  )
  return (
    <Page>
      <PageHeader
        title={t('ui_assess.title')}
        purpose={t('ui_assess.purpose')}
        trail={[{ label: t('ui_dimension.title'), to: '/tiering/dimensions' }]}
        actions={
          <Can permission={perm.tierAssess}>
            <Button icon={<Download size={16} />} loading={busy} onClick={save}>
              {t('common.export_xlsx')}
            </Button>
            {file}
          </Can>
        }
      />
      <DataTable<Assessment>
        id="tier-assessments"
        label={t('ui_assess.title')}
        queryKey={['tiering', 'assessments', 'list']}
        load={(query, signal) => ok(api.GET('/tiering/assessments', { params: { query }, signal }))}
        columns={columns}
        rowHref={(a) => assessmentPath(a.id)}
        filters={[byDimension.filter]}
        empty={
          <EmptyState
            title={t('ui_assess.empty')}
            text={t('ui_assess.empty_text')}
            action={<Can permission={perm.tierAssess}>{file}</Can>}
          />
        }
      />
      {filing && (
        <AssessForm
          onClose={() => setFiling(false)}
          onFiled={({ id }) => {
            done(t('ui_assess.filed'))
            navigate(assessmentPath(id))
          }}
        />
      )}
    </Page>
  )
}
