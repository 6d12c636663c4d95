import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { Page, PageHeader } from '@/kit'
import { type Kind, kinds } from './api'
import { CheckStep } from './CheckStep'
import { type Choice, FileStep } from './FileStep'
import { StepBar } from './StepBar'

/**
 * A new import, one page in steps. What was chosen stands in the address, so
 * that a reload and the back button keep it; once it runs, the page of the
 * import goes on with the steps.
 */
export default function NewImportPage() {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const upload = Number(params.get('upload')) || null
  const kind = kinds.find((k) => k === params.get('kind'))
  const source = params.get('source')
  /** The import whose file and settings are used again. */
  const from = Number(params.get('from')) || null

  const go = (next: Partial<Choice>, replace = false) => {
    const out = new URLSearchParams()
    const all = { upload, kind, source, ...next }
    if (all.upload) out.set('upload', String(all.upload))
    if (all.kind) out.set('kind', all.kind)
    if (all.source) out.set('source', all.source)
    // Columns of another kind of content would mean nothing.
    if (from && all.upload === upload && all.kind === kind) out.set('from', String(from))
    setParams(out, { replace })
  }
  const back = () => {
    const out = new URLSearchParams()
    if (kind) out.set('kind', kind)
    if (source) out.set('source', source)
    setParams(out)
  }
  return (
    <Page>
      <PageHeader
        trail={[{ label: t('nav.customers.imports'), to: '/imports' }]}
        title={t('imports.new')}
        purpose={t(upload === null ? 'imports.step.file_text' : 'imports.step.check_text')}
      />
      <StepBar at={upload === null ? 'file' : 'check'} />
      {upload === null ? (
        <FileStep kind={kind} source={source} onNext={go} />
      ) : (
        <CheckStep
          upload={upload}
          kind={kind}
          source={source ?? ''}
          from={from}
          onKind={(next: Kind) => go({ kind: next }, true)}
          onBack={back}
        />
      )}
    </Page>
  )
}
