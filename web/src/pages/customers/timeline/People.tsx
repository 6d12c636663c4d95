import { Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import type { Person } from './api'
import { usePeople } from './api'

/** Chooses colleagues by name; who was chosen before stays readable. Works as a form field. */
export function People({
  several,
  known = [],
  ...rest
}: {
  several?: boolean
  /** People that are chosen already. */
  known?: Person[]
  id?: string
  value?: number | number[]
  onChange?: (value: number | number[] | undefined) => void
  placeholder?: string
}) {
  const [text, setText] = useState('')
  const query = usePeople(useDeferredValue(text), true)
  const found = query.data?.items ?? []
  const options = [...found, ...known.filter((p) => !found.some((x) => x.id === p.id))].map(
    (p) => ({ value: p.id, label: p.name }),
  )
  return (
    <Select<number | number[]>
      {...rest}
      mode={several ? 'multiple' : undefined}
      allowClear
      loading={query.isFetching}
      options={options}
      showSearch={{ filterOption: false, onSearch: setText }}
      maxCount={several ? 20 : undefined}
    />
  )
}
