import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import type { Person } from './api'
import { usePeople } from './api'

/** Chooses colleagues by name; who was chosen before stays readable. Works as a form field. */
export function People({
  several,
  known = [],
  onChange,
  ...rest
}: {
  several?: boolean
  /** People that are chosen already. */
  known?: Person[]
  id?: string
  value?: number | number[]
  /** With the name of the one who was chosen. */
  onChange?: (value: number | number[] | undefined, name?: string) => void
  placeholder?: string
}) {
  const [text, setText] = useState('')
  const query = usePeople(useDeferredValue(text), true)
  const found = query.data?.items ?? []
  const options = [
    ...found,
    ...known
      .filter((p) => !found.some((x) => x.id === p.id))
      .map((p) => ({ ...p, department: '' })),
  ].map((p) => ({ value: p.id, label: p.name, note: p.department }))
  return (
    <Select<number | number[], (typeof options)[number]>
      {...rest}
      mode={several ? 'multiple' : undefined}
      allowClear
      loading={query.isFetching}
      options={options}
      optionRender={({ label, data }) => (
        <>
          {label} {data.note && <small className="zk-muted">{data.note}</small>}
        </>
      )}
      onChange={(value, option) =>
        onChange?.(value, Array.isArray(option) ? undefined : option?.label)
      }
      showSearch={{ filterOption: false, onSearch: setText }}
      maxCount={several ? 20 : undefined}
    />
  )
}
