import { Button } from 'antd'
import { Download, FileText, Printer } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { downloadUrl } from '@/api/client'
import { perm } from '@/app/permissions'
import { Can, download, useSay } from '@/kit'
import { dimensionQuery } from '../queries'
import { useDimensions } from './useDimensions'

/** The report as a workbook, a file for Word, and a page to print. */
export function ReportActions({ runId }: { runId: number }) {
  const { t } = useTranslation()
  const { fail } = useSay()
  const [busy, setBusy] = useState('')
  const [dimensions] = useDimensions()
  const query = dimensionQuery(dimensions)
  const file = async (ext: string) => {
    setBusy(ext)
    try {
      await download(`/tiering/runs/${runId}/report.${ext}`, query, `report-${runId}.${ext}`)
    } catch (error) {
      fail(error)
    } finally {
      setBusy('')
    }
  }
  return (
    <Can permission={perm.reportExport}>
      <Button
        icon={<Printer size={16} />}
        href={downloadUrl(`/tiering/runs/${runId}/report.html`, query)}
        target="_blank"
        rel="noopener"
      >
        {t('common.print')}
      </Button>
      <Button icon={<FileText size={16} />} loading={busy === 'docx'} onClick={() => file('docx')}>
        {t('manuals.export_docx')}
      </Button>
      <Button
        type="primary"
        icon={<Download size={16} />}
        loading={busy === 'xlsx'}
        onClick={() => file('xlsx')}
      >
        {t('common.export_xlsx')}
      </Button>
    </Can>
  )
}
