package dedupe

import "zhike/internal/platform/errs"

// Level says how far two values of a field agree.
type Level uint8

// The levels. Missing is neutral. Which levels a field knows is in compare.go.
const (
	Missing Level = iota
	Exact         // the same after normalisation
	Close         // a slip: one character, the same sound, day and month exchanged
	Near          // alike
	Swapped       // the values of two fields stand in each other's place
	Partial       // a part agrees: the year of a birthday, the street without the house
	Differ

	numLevels = 7
)

var levelNames = [numLevels]string{"missing", "exact", "close", "near", "swapped", "partial", "differ"}

// String is the stable name of the level.
func (l Level) String() string {
	if int(l) < numLevels {
		return levelNames[l]
	}
	return ""
}

// MarshalText writes the level by name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the level by name. Error: dedupe.bad_weights.
func (l *Level) UnmarshalText(b []byte) error {
	for i, n := range levelNames {
		if n == string(b) {
			*l = Level(i)
			return nil
		}
	}
	return errs.New(errs.Invalid, "dedupe.bad_weights", "at", shorten(string(b), 60))
}

// pattern holds the levels of all fields of a pair, four bits each.
type pattern uint64

func (p pattern) at(f Field) Level              { return Level(p >> (4 * f) & 15) }
func (p pattern) with(f Field, l Level) pattern { return p&^(15<<(4*f)) | pattern(l)<<(4*f) }
