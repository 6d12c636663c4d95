package customer

import (
	"zhike/internal/platform/clock"
)

// Filter says which customers a list shows. The zero value is all of them.
type Filter struct {
	Text     string   `json:"q,omitempty"`     // name, pinyin, initials, or a whole phone, e-mail, number
	Levels   []string `json:"level,omitempty"` // codes of levels in the current run
	Kind     Kind     `json:"kind,omitempty"`
	SourceID int64    `json:"source,omitempty"`
	Province string   `json:"province,omitempty"`
	City     string   `json:"city,omitempty"`
	OwnerID  int64    `json:"owner,omitempty"` // a staff id; -1 = nobody
	// LastFrom and LastTo bound the day of the last purchase, both included.
	LastFrom  *clock.Day `json:"last_day_from,omitempty"`
	LastTo    *clock.Day `json:"last_day_to,omitempty"`
	NetMinFen *int64     `json:"net_365_min,omitempty"` // net of the last 365 days, 分
	NetMaxFen *int64     `json:"net_365_max,omitempty"`
	OrdersMin *int64     `json:"orders_365_min,omitempty"` // purchases in the last 365 days
	OrdersMax *int64     `json:"orders_365_max,omitempty"`
	Tree      *Node      `json:"filter,omitempty"` // must hold as well; read by Service.Query

	// What the service makes of it; see Service.resolve.
	levelRun int64
	levelNos []int64
	ids      []int64  // Text is one of these customers …
	terms    []string // … or names with words that begin so
	phrase   string   // and with this in one piece
	broad    bool     // the first of terms has very many hits
	first    bool     // the first some hundred hits are enough
	nobody   bool     // nobody can match
	team     []int64  // the actor is in the team of these
	pool     bool     // for reading: shows the public pool to those who may see it
	begin    string   // the table with the rarest condition, "" = as it comes
	lead     string   // the column of customers with it
	along    string   // the column whose index is walked
	// noneInYear: the last purchases asked for are older than the 365 days of
	// the figures, so that the net of these is not above 0.
	noneInYear bool
}

// empty says whether the list shows everybody the actor may see.
func (f *Filter) empty() bool {
	return f.Text == "" && len(f.Levels) == 0 && f.Kind == "" && f.SourceID == 0 && f.Province == "" && f.City == "" &&
		f.OwnerID == 0 && f.LastFrom == nil && f.LastTo == nil && f.NetMinFen == nil && f.NetMaxFen == nil &&
		f.OrdersMin == nil && f.OrdersMax == nil && f.Tree == nil
}

// sortOrder is a way to sort a list: an expression that an index holds together
// with the customer's id.
type sortOrder struct {
	column string
	byID   bool
	desc   bool
	day    bool // the column is 32 bits wide
}

// sorts are the ways to sort, by their name in the API.
var sorts = map[string]sortOrder{
	"id":        {column: "c.id", byID: true},
	"-id":       {column: "c.id", byID: true, desc: true},
	"net_365":   {column: "m.net_365_fen"},
	"-net_365":  {column: "m.net_365_fen", desc: true},
	"net_all":   {column: "m.net_all_fen"},
	"-net_all":  {column: "m.net_all_fen", desc: true},
	"last_day":  {column: "COALESCE(m.last_day, -1000000)", day: true},
	"-last_day": {column: "COALESCE(m.last_day, -1000000)", desc: true, day: true},
}

// yearDays is the length of the window of net_365.
const yearDays = 365

// defaultSort is where a list begins.
const defaultSort = "-net_365"

// listRow is one customer of a list as the store reads it.
type listRow struct {
	ID        int64
	Kind      Kind
	Name      string
	Gender    Gender
	Province  string
	City      string
	OwnerID   int64
	OwnerName string
	Net365    int64
	NetAll    int64
	Orders365 int64
	OrdersAll int64
	LastDay   *clock.Day
	Category  string
	LevelNo   int64  // -1 = not graded
	phone     []byte // sealed, the oldest; nil without one
	email     []byte
	sortKey   int64
}

// position is where a page begins: behind the entry with this key and id.
type position struct {
	key, id int64
}
