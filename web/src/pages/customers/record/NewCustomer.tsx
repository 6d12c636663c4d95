import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Segmented, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { ChevronDown, ChevronRight, Plus, X } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { isStatus } from '@/api/errors'
import { perm } from '@/app/permissions'
import { DateInput, FormDrawer, useMe, useSay } from '@/kit'
import { departmentOptions, useDepartments } from '../../settings/org'
import { People } from '../timeline/People'
import {
  type ContactIn,
  type ContactKind,
  type CustomerRecord,
  channels,
  contactKinds,
  createCustomer,
  educations,
  type NewCustomer as NewBody,
} from './api'
import { FieldInputs } from './FieldInputs'
import { isEmpty, useFields } from './fields'
import { type Birthday, BirthdayInput, RegionInput, WordsInput } from './inputs'
import { probeOf } from './probe'
import styles from './record.module.css'
import { Similar } from './Similar'
import { TagPicker } from './TagEditor'

interface Values {
  kind: CustomerRecord['kind']
  stage: CustomerRecord['stage']
  name: string
  contacts: Partial<ContactIn>[]
  company?: string
  gender?: 'male' | 'female'
  birthday?: Birthday | null
  education?: NewBody['education']
  industry?: string
  region_code?: string
  registered_at?: Dayjs | null
  preferred_channel?: NewBody['preferred_channel']
  favourite_categories?: string[]
  remark?: string
  owner_id?: number
  adviser_id?: number
  department_id?: number
  tag_ids?: number[]
  fields?: Record<string, unknown>
}

/** Names one creation; getRandomValues is there without TLS, too. */
const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('-')

/** The custom fields that were filled in; undefined for none. */
function filled(fields: Record<string, unknown> = {}) {
  const own = Object.entries(fields).filter(([, value]) => !isEmpty(value))
  return own.length ? Object.fromEntries(own) : undefined
}

/** What is sent of the form: empty fields are left out, and so are those that a company has not. */
export function bodyOf(v: Values, assigns: boolean): NewBody {
  const person = (v.kind ?? 'person') === 'person'
  const text = (s?: string) => s?.trim() || undefined
  return {
    kind: v.kind,
    stage: v.stage,
    name: v.name.trim(),
    contacts: v.contacts.filter((c) => c?.value?.trim()) as ContactIn[],
    company: text(v.company),
    industry: text(v.industry),
    region_code: v.region_code || undefined,
    registered_at: v.registered_at?.format('YYYY-MM-DD'),
    preferred_channel: v.preferred_channel,
    favourite_categories: v.favourite_categories?.length ? v.favourite_categories : undefined,
    remark: text(v.remark),
    ...(person && {
      gender: v.gender,
      education: v.education,
      birthday: v.birthday?.birthday || undefined,
      birthday_lunar: v.birthday?.birthday ? v.birthday.birthday_lunar : undefined,
    }),
    fields: filled(v.fields),
    tag_ids: v.tag_ids?.length ? v.tag_ids : undefined,
    // Nobody chosen means the pool; without the right the server makes the creator the owner.
    ...(assigns && {
      owner_id: v.owner_id ?? null,
      ...(v.adviser_id && { adviser_id: v.adviser_id }),
      ...(v.department_id && { department_id: v.department_id }),
    }),
  }
}

// i18n-keys: customer.kind.*, customer.stage.*, customer.gender.*, record.education.*, record.channel.*, record.field.*
/** A new customer; while it is typed, who may be there already is shown. */
export function NewCustomer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { done } = useSay()
  const [form] = Form.useForm<Values>()
  const [more, setMore] = useState(false)
  const key = useRef(newKey())
  const fields = useFields().data ?? []
  const all = Form.useWatch([], form)
  const kind = all?.kind ?? 'person'
  const assigns = me.can(perm.customerAssign)
  const required = fields.some((f) => !f.retired && f.required)

  const open = (id: number) => {
    client.invalidateQueries({ queryKey: ['customers'] })
    onClose()
    navigate(`/customers/${id}?tab=record`)
  }
  const submit = async (values: Values) => {
    const contacts = (values.contacts ?? []).filter((c) => c?.value?.trim())
    // Rows that are empty go, so that errors find the rows they are of.
    form.setFieldValue('contacts', contacts)
    try {
      const record = await createCustomer(bodyOf({ ...values, contacts }, assigns), key.current)
      done(t('record.new.done', { name: record.name }))
      open(record.id)
    } catch (error) {
      // Without an answer the customer may be there: the same key finds out. Otherwise it was refused.
      if (!isStatus(error, 0)) key.current = newKey()
      setMore(true)
      throw error
    }
  }
  return (
    <FormDrawer<Values>
      form={form}
      open
      width={600}
      title={t('record.new.title')}
      submitText={t('record.new.submit')}
      initial={{
        kind: 'person',
        stage: 'prospect',
        contacts: contactKinds
          .filter(me.edits)
          .slice(0, 1)
          .map((kind) => ({ kind })),
        owner_id: me.staff.id,
      }}
      onClose={onClose}
      onSubmit={submit}
    >
      <Allowed field="kind">
        <Form.Item name="kind" label={t('record.field.kind')} required>
          <Segmented
            block
            options={(['person', 'company', 'org'] as const).map((value) => ({
              value,
              label: t(`customer.kind.${value}`),
            }))}
          />
        </Form.Item>
      </Allowed>
      <Allowed field="stage">
        <Form.Item name="stage" label={t('record.field.stage')} required>
          <Segmented
            block
            options={(['prospect', 'customer'] as const).map((value) => ({
              value,
              label: t(`customer.stage.${value}`),
            }))}
          />
        </Form.Item>
      </Allowed>
      <Form.Item
        name="name"
        label={t('record.field.name')}
        rules={[{ required: true, whitespace: true, message: t('errors.customer.name_missing') }]}
      >
        <Input autoFocus autoComplete="off" maxLength={200} />
      </Form.Item>
      <ContactRows />
      {kind === 'person' && (
        <Allowed field="company">
          <Form.Item name="company" label={t('record.field.company')}>
            <Input autoComplete="off" maxLength={200} />
          </Form.Item>
        </Allowed>
      )}
      <Similar probe={probeOf({ ...all, born: kind === 'person' ? all?.birthday : undefined })} />
      <Allowed field="region">
        <Form.Item name="region_code" label={t('record.field.region')}>
          <RegionInput />
        </Form.Item>
      </Allowed>
      <button
        type="button"
        className={styles.fold}
        aria-expanded={more || required}
        onClick={() => setMore(!more)}
      >
        {more || required ? (
          <ChevronDown size={16} aria-hidden="true" />
        ) : (
          <ChevronRight size={16} aria-hidden="true" />
        )}
        {t('record.new.more')}
      </button>
      <div hidden={!more && !required}>
        {kind === 'person' && (
          <>
            <Allowed field="birthday">
              <Form.Item
                name="birthday"
                label={t('record.field.birthday')}
                rules={[
                  {
                    validator: (_, value) =>
                      value === null
                        ? Promise.reject(new Error(t('record.incomplete')))
                        : Promise.resolve(),
                  },
                ]}
              >
                <BirthdayInput />
              </Form.Item>
            </Allowed>
            <div className={styles.pair}>
              <Allowed field="gender">
                <Form.Item name="gender" label={t('record.field.gender')}>
                  <Select
                    allowClear
                    options={(['male', 'female'] as const).map((value) => ({
                      value,
                      label: t(`customer.gender.${value}`),
                    }))}
                  />
                </Form.Item>
              </Allowed>
              <Allowed field="education">
                <Form.Item name="education" label={t('record.field.education')}>
                  <Select
                    allowClear
                    options={educations.map((value) => ({
                      value,
                      label: t(`record.education.${value}`),
                    }))}
                  />
                </Form.Item>
              </Allowed>
            </div>
          </>
        )}
        <div className={styles.pair}>
          <Allowed field="industry">
            <Form.Item name="industry" label={t('record.field.industry')}>
              <Input autoComplete="off" maxLength={100} />
            </Form.Item>
          </Allowed>
          <Allowed field="preferred_channel">
            <Form.Item name="preferred_channel" label={t('record.field.preferred_channel')}>
              <Select
                allowClear
                options={channels.map((value) => ({ value, label: t(`record.channel.${value}`) }))}
              />
            </Form.Item>
          </Allowed>
        </div>
        <Allowed field="registered_at">
          <Form.Item name="registered_at" label={t('record.field.registered_at')}>
            <DateInput className={styles.wide} maxDate={dayjs()} />
          </Form.Item>
        </Allowed>
        <Allowed field="favourite_categories">
          <Form.Item name="favourite_categories" label={t('record.field.favourite_categories')}>
            <WordsInput />
          </Form.Item>
        </Allowed>
        <Allowed field="remark">
          <Form.Item name="remark" label={t('record.field.remark')}>
            <Input.TextArea rows={3} maxLength={2000} className={styles.area} />
          </Form.Item>
        </Allowed>
        {assigns && <Assigned me={{ id: me.staff.id, name: me.staff.name }} />}
        {me.can(perm.tagAssign) && (
          <Form.Item name="tag_ids" label={t('common.tags')}>
            <TagPicker />
          </Form.Item>
        )}
        <FieldInputs fields={fields.filter((f) => me.edits(`f.${f.code}`))} base="fields" />
      </div>
    </FormDrawer>
  )
}

/** What the reader's roles let be written; a field that is not there is not sent. */
function Allowed({ field, children }: { field: string; children: ReactNode }) {
  return useMe().edits(field) ? children : null
}

function Assigned({ me }: { me: { id: number; name: string } }) {
  const { t } = useTranslation()
  const departments = useDepartments()
  return (
    <>
      <div className={styles.pair}>
        <Form.Item
          name="owner_id"
          label={t('record.part.owner')}
          extra={t('record.new.owner_hint')}
        >
          <People known={[me]} />
        </Form.Item>
        <Form.Item name="adviser_id" label={t('record.part.adviser')}>
          <People />
        </Form.Item>
      </div>
      <Form.Item name="department_id" label={t('record.part.department')}>
        <Select
          allowClear
          placeholder={t('record.new.department_hint')}
          showSearch={{ optionFilterProp: 'name' }}
          options={departmentOptions(departments.data)}
        />
      </Form.Item>
    </>
  )
}

function ContactRows() {
  const { t } = useTranslation()
  const me = useMe()
  const allowed = contactKinds.filter(me.edits)
  const kinds = allowed.map((k) => ({ value: k, label: t(`record.field.${k}`) }))
  const hint: Partial<Record<ContactKind, 'tel' | 'email'>> = { phone: 'tel', email: 'email' }
  if (allowed.length === 0) return null
  const other = allowed.find((k) => k !== 'phone') ?? 'phone'
  return (
    <Form.Item label={t('record.section.contacts')} className={styles.contactRows}>
      <Form.List name="contacts">
        {(rows, { add, remove }) => (
          <>
            {rows.map((row) => (
              <div key={row.key} className={styles.contactRow}>
                <Form.Item name={[row.name, 'kind']}>
                  <Select aria-label={t('common.type')} options={kinds} />
                </Form.Item>
                <Form.Item
                  noStyle
                  shouldUpdate={(a, b) =>
                    a.contacts?.[row.name]?.kind !== b.contacts?.[row.name]?.kind
                  }
                >
                  {({ getFieldValue }) => {
                    const kind: ContactKind = getFieldValue(['contacts', row.name, 'kind'])
                    return (
                      <Form.Item name={[row.name, 'value']}>
                        <Input
                          autoComplete="off"
                          maxLength={500}
                          inputMode={hint[kind] ?? 'text'}
                          aria-label={t(`record.field.${kind ?? 'phone'}`)}
                        />
                      </Form.Item>
                    )
                  }}
                </Form.Item>
                <Button
                  type="text"
                  icon={<X size={15} />}
                  aria-label={t('record.contact.drop')}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            <Button
              size="small"
              icon={<Plus size={14} />}
              onClick={() =>
                add({ kind: rows.length === 1 || !me.edits('phone') ? other : 'phone' })
              }
            >
              {t('record.contact.add')}
            </Button>
          </>
        )}
      </Form.List>
    </Form.Item>
  )
}
