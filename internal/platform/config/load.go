package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"

	"zhike/internal/platform/errs"
)

// FileName is the configuration file looked for in the working folder.
const FileName = "zhike.yaml"

const (
	envPrefix = "ZHIKE_"
	envFile   = "ZHIKE_CONFIG"
	flagFile  = "config"
	// testPrefix marks variables of the test suite, which are no settings.
	testPrefix = "ZHIKE_TEST_"
	// maxFile bounds the configuration file and files with a secret, in bytes.
	maxFile = 1 << 20

	sourceDefault = "default"
	// delim parts nested keys in koanf; settings are flat, so nothing has it.
	delim = "\x00"
)

func flagSource(key string) string { return "--" + strings.ReplaceAll(key, "_", "-") }

func envSource(key string) string { return envPrefix + strings.ToUpper(key) }

// Options say where to look. The zero value reads the real environment, the
// working folder and no flags.
type Options struct {
	Flags   *pflag.FlagSet // parsed; made by RegisterFlags
	Environ []string       // nil = os.Environ()
	Dir     string         // "" = the working folder; ./zhike.yaml and relative paths
}

// RegisterFlags adds --config and a flag for every setting that may stand on a
// command line, with its help in the language of text, which gives the text of
// a key with its parameters. Defaults are shown in the help but not set, so
// that a flag nobody gave says nothing. i18n-keys: config.help.*
func RegisterFlags(fs *pflag.FlagSet, text func(key string, params ...any) string) {
	fs.String(flagFile, "", text("config.help_config", "name", FileName))
	for i := range settings {
		s := &settings[i]
		if !s.noFlag {
			help := text("config.help." + s.key)
			if len(s.choices) > 0 {
				help = text("config.help_choices", "help", help, "choices", strings.Join(s.choices, ", "))
			}
			if s.def != "" {
				help = text("config.help_default", "help", help, "value", s.def)
			}
			fs.String(s.flag(), "", help)
		}
		if s.secret {
			fs.String(s.flag()+"-file", "", text("config.help_file", "flag", s.flag()))
		}
	}
}

// layer is what one source says: key → value as text.
type layer struct {
	k      *koanf.Koanf
	source func(key string) string
}

// Load reads and checks the configuration. The error has the code config.invalid
// with one field for each wrong or unknown setting of all sources, or config.file
// or config.yaml when the file cannot be read at all.
func Load(o Options) (*Config, error) {
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	c := &Config{origin: map[string]string{}}
	p := newProblem()
	for i := range settings {
		// First, so that a setting that cannot be read keeps a valid value and
		// causes no second complaint.
		settings[i].assign(c, settings[i].def, sourceDefault, p)
	}
	var layers []layer
	file, err := c.loadFile(o, p)
	if err != nil {
		return nil, err
	}
	if file != nil {
		layers = append(layers, layer{file, func(string) string { return c.File }})
	}
	environ, err := c.loadEnv(o.Environ)
	if err != nil {
		return nil, err
	}
	layers = append(layers, layer{environ, envSource})
	if o.Flags != nil {
		flags, err := loadFlags(o.Flags)
		if err != nil {
			return nil, err
		}
		layers = append(layers, layer{flags, flagSource})
	}

	merged := koanf.New(delim)
	for _, l := range layers {
		if err := c.takeSecrets(l, o.Dir, p); err != nil {
			return nil, err
		}
		if err := merged.Merge(l.k); err != nil {
			return nil, fmt.Errorf("config: %w", err)
		}
	}
	for i := range settings {
		if s := &settings[i]; merged.Exists(s.key) {
			s.assign(c, merged.String(s.key), c.from(s.key), p)
		}
	}
	c.finish(o.Dir)
	c.check(p)
	slices.SortStableFunc(p.err.Fields, func(a, b errs.Field) int { return strings.Compare(a.Path, b.Path) })
	if err := p.orNil(); err != nil {
		return nil, err
	}
	c.warn()
	return c, nil
}

// finish makes paths absolute, so that messages and a later chdir agree.
func (c *Config) finish(dir string) {
	if c.Data == "" {
		c.Data = "."
	}
	c.Data = within(dir, c.Data)
	if abs, err := filepath.Abs(c.Data); err == nil {
		c.Data = abs
	}
	for _, p := range []*string{&c.TLSCert, &c.TLSKey} {
		if *p != "" {
			*p = within(dir, *p)
		}
	}
}

func within(dir, path string) string {
	if dir == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// loadFile reads the YAML file if there is one and refuses names it does not know.
func (c *Config) loadFile(o Options, p *problem) (*koanf.Koanf, error) {
	name, wanted := o.chosenFile()
	path := within(o.Dir, name)
	data, err := readBounded(path)
	if err != nil {
		if !wanted && os.IsNotExist(err) {
			return nil, nil
		}
		return nil, errs.New(errs.Invalid, "config.file", "file", name, "reason", reason(err))
	}
	c.File = name
	raw, err := yaml.Parser().Unmarshal(data)
	if err != nil {
		return nil, errs.New(errs.Invalid, "config.yaml", "file", name, "reason", yamlReason(err))
	}
	flat := map[string]any{}
	for key, v := range raw {
		if v == nil {
			continue // "key:" says nothing
		}
		s := find(strings.TrimSuffix(key, fileSuffix))
		if s == nil || s.key != key && !s.secret {
			if sub, ok := v.(map[string]any); ok && s == nil { // log: {level: …}
				for inner := range sub {
					p.unknown(key+"."+inner, name)
				}
				continue
			}
			p.unknown(key, name)
			continue
		}
		if s.key == key && s.noFile {
			p.add(key, "config.master_key_yaml")
			continue
		}
		text, ok := scalar(v, s.kind == kindNetworks)
		if !ok {
			p.add(key, "config.type", "source", name, "want", string(s.kind))
			continue
		}
		flat[key] = text
	}
	if flat["db"] != nil && openToOthers(path) {
		c.addWarning("db", "config.file_open", "file", name)
	}
	out := koanf.New(delim)
	return out, out.Load(confmap.Provider(flat, ""), nil)
}

// chosenFile names the file and says whether somebody asked for it.
func (o Options) chosenFile() (name string, wanted bool) {
	if o.Flags != nil {
		if f := o.Flags.Lookup(flagFile); f != nil && f.Changed && f.Value.String() != "" {
			return f.Value.String(), true
		}
	}
	for _, e := range o.Environ {
		if v, ok := strings.CutPrefix(e, envFile+"="); ok && v != "" {
			return v, true
		}
	}
	return FileName, false
}

// scalar writes a YAML value as the text an operator would give elsewhere.
func scalar(v any, list bool) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(x), true
	case []any:
		if !list {
			return "", false
		}
		var parts []string
		for _, e := range x {
			s, ok := e.(string)
			if !ok {
				return "", false
			}
			parts = append(parts, s)
		}
		return strings.Join(parts, ","), true
	}
	return "", false
}

// loadEnv takes ZHIKE_*; an empty variable says nothing. An unknown name is a
// warning and not an error: the environment is shared with other programs.
func (c *Config) loadEnv(environ []string) (*koanf.Koanf, error) {
	names := known()
	k := koanf.New(delim)
	err := k.Load(env.Provider("", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			key := strings.ToLower(strings.TrimPrefix(name, envPrefix))
			if name == envFile || strings.HasPrefix(name, testPrefix) || value == "" {
				return "", nil
			}
			if !contains(names, key) {
				c.warnUnknown(name, key)
				return "", nil
			}
			return key, value
		},
	}), nil)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return k, nil
}

func loadFlags(fs *pflag.FlagSet) (*koanf.Koanf, error) {
	names := known()
	k := koanf.New(delim)
	err := k.Load(posflag.ProviderWithFlag(fs, "", nil, func(f *pflag.Flag) (string, any) {
		key := strings.ReplaceAll(f.Name, "-", "_")
		if !f.Changed || !contains(names, key) {
			return "", nil // another command's flag
		}
		return key, f.Value.String()
	}), nil)
	if err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	return k, nil
}

// takeSecrets replaces X_file of a layer by X read from that file, and notes where
// each value of the layer came from.
func (c *Config) takeSecrets(l layer, dir string, p *problem) error {
	for _, key := range l.k.Keys() {
		c.origin[key] = l.source(key)
	}
	for i := range settings {
		s := &settings[i]
		pointer := s.key + fileSuffix
		if !s.secret || !l.k.Exists(pointer) {
			continue
		}
		path := l.k.String(pointer)
		l.k.Delete(pointer)
		if l.k.Exists(s.key) {
			p.add(s.key, "config.secret_twice", "one", l.source(s.key), "two", l.source(pointer))
			continue
		}
		data, err := readBounded(within(dir, path))
		if err != nil {
			p.add(s.key, "config.secret_file", "file", path, "source", l.source(pointer), "reason", reason(err))
			continue
		}
		if err := l.k.Set(s.key, strings.TrimSpace(string(data))); err != nil {
			return fmt.Errorf("config: %w", err)
		}
		c.origin[s.key] = l.source(pointer)
	}
	return nil
}

// unknown refuses a name, with the nearest known one where there is one near.
func (p *problem) unknown(key, source string) {
	if near := nearest(key, known()); near != "" {
		p.add(key, "config.unknown_near", "source", source, "near", near)
		return
	}
	p.add(key, "config.unknown", "source", source)
}

func (c *Config) warnUnknown(name, key string) {
	if near := nearest(key, known()); near != "" {
		c.addWarning(name, "config.unknown_near", "source", name, "near", envSource(near))
		return
	}
	c.addWarning(name, "config.unknown", "source", name)
}

// i18n-keys: errors.config.*
func (c *Config) addWarning(path, code string, kv ...any) {
	e := errs.New(errs.Invalid, code, kv...)
	c.Warnings = append(c.Warnings, errs.Field{Path: path, Code: code, Params: e.Params})
}

func readBounded(path string) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if st.IsDir() || st.Size() > maxFile {
		return nil, fmt.Errorf("not a file of at most %d bytes", maxFile)
	}
	return os.ReadFile(path)
}

// reason cuts the path that the operating system's errors repeat.
func reason(err error) string {
	if pe, ok := errors.AsType[*os.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}

var yamlLine = regexp.MustCompile("line [0-9]+[^`]*$")

// yamlReason keeps the place and the fault, but nothing the file says.
func yamlReason(err error) string {
	if m := yamlLine.FindString(err.Error()); m != "" {
		return m
	}
	return "it must be a list of name: value"
}

func openToOthers(path string) bool {
	st, err := os.Stat(path)
	return err == nil && runtime.GOOS != "windows" && st.Mode().Perm()&0o077 != 0
}
