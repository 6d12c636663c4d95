import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { isStatus } from '@/api/errors'
import { perm } from '@/app/permissions'
import { Bones, DateTime, Facts, NotFound, QueryView, Section, useMe } from '@/kit'
import { Sources } from '../Contacts'
import { useRecord } from './api'
import { Basics } from './Basics'
import { Care } from './Care'
import { Clean } from './Clean'
import { ContactList } from './ContactList'
import { CustomFields } from './FieldInputs'
import { useFields } from './fields'
import { History } from './History'
import { InvoiceData } from './InvoiceData'
import { Relations } from './Relations'
import styles from './record.module.css'
import { TagEditor } from './TagEditor'
import { RecordEditor, useEditor } from './useEditor'

/** Everything the company keeps about a customer, edited where it stands. */
export default function RecordTab({ id }: { id: number }) {
  const { t } = useTranslation()
  const query = useRecord(id)
  if (isStatus(query.error, 404)) return <NotFound what={t('common.customer')} />
  return (
    <QueryView query={query} skeleton={<Skeleton />}>
      {(record) => (
        <RecordEditor key={id} record={record}>
          <Body />
        </RecordEditor>
      )}
    </QueryView>
  )
}

function Body() {
  const { t } = useTranslation()
  const me = useMe()
  const { record } = useEditor()
  const fields = useFields()
  // Where nobody defined any, only who could define some is told.
  const custom = fields.error || fields.data?.length || me.can(perm.fieldManage)
  return (
    <>
      {!record.editable && (
        <Alert type="info" showIcon title={t('pool.banner')} description={t('pool.banner_text')} />
      )}
      <div className={styles.layout}>
        <div className={styles.main}>
          <Basics />
          <ContactList />
          <Relations />
          {custom && <CustomFields customerId={record.id} />}
          <InvoiceData />
        </div>
        <aside className={styles.aside} aria-label={t('record.aside')}>
          <Care />
          <Section title={t('common.tags')}>
            <TagEditor customerId={record.id} />
          </Section>
          <Clean id={record.id} />
          <Sources customer={record} />
          <Facts
            items={[
              { label: t('common.created_at'), value: <DateTime at={record.created_at} /> },
              { label: t('common.updated_at'), value: <DateTime at={record.updated_at} /> },
            ]}
          />
        </aside>
        <div className={styles.last} id="history">
          <History />
        </div>
      </div>
    </>
  )
}

function Skeleton() {
  return (
    <div className={styles.layout} aria-busy="true">
      <div className={styles.main}>
        <Bones rows={9} />
        <Bones rows={4} />
      </div>
      <div className={styles.aside}>
        <Bones rows={6} />
      </div>
    </div>
  )
}
