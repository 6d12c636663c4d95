// One chunk with every Chinese text; loaded when Chinese is shown.
const files = import.meta.glob<Record<string, string>>('../../../locales/zh-CN/*.json', {
  eager: true,
  import: 'default',
})
export default Object.assign({}, ...Object.values(files)) as Record<string, string>
