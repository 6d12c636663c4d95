// Package clean reads what people and shop systems write into tables: names,
// phones, dates, money, states, regions. Each parser takes the text of one cell
// and gives the canonical value, or an error that says what is wrong and has a
// text in the catalogue (codes clean.*). None of them panics, guesses between
// two readings, or rounds.
//
// Every parser first brings its input to one form: NFKC (full-width to
// half-width), no control characters, no blanks around. A cell that says
// "nothing" (see [IsBlank]) is clean.empty, so that the caller decides whether
// the value was required. Errors never carry the value itself.
package clean
