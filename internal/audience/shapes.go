package audience

import (
	"encoding/json"

	"zhike/internal/customer"
	"zhike/internal/platform/clock"
)

// Choice is a code with its name in the reader's language.
type Choice struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// MeasureInfo is a number that facts of a stream have.
type MeasureInfo struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	Type  string `json:"type" enum:"money,number,milli" doc:"Values of conditions are in 分, whole numbers, or thousandths"`
}

// DimensionInfo is a word that facts of a stream have.
type DimensionInfo struct {
	Code    string   `json:"code"`
	Label   string   `json:"label"`
	Options []Choice `json:"options" doc:"Where there is a fixed list; else GET /audiences/values suggests"`
}

// StreamInfo is facts that rules can ask for.
type StreamInfo struct {
	Code       string          `json:"code"`
	Label      string          `json:"label"`
	Counted    bool            `json:"counted" doc:"Only some facts are counted, such as purchases among orders; sums add up all"`
	Measures   []MeasureInfo   `json:"measures"`
	Dimensions []DimensionInfo `json:"dimensions"`
}

// AggregateInfo is something to make of facts.
type AggregateInfo struct {
	Code  string `json:"code" enum:"count,sum,avg,min,max,distinct,first,last,days_since,days_since_first,next"`
	Label string `json:"label"`
	// Of is what stands in "of".
	Of        string   `json:"of" enum:"none,measure,dimension,none_or_dimension"`
	Result    string   `json:"result" enum:"number,measure,day,days,day_or_dimension" doc:"What value is compared with: measure: of the measure's type; day_or_dimension: a day, or with a dimension one of its words"`
	Operators []string `json:"operators" doc:"For numbers or days"`
	Words     []string `json:"word_operators" doc:"With a dimension, where the result is one of its words"`
}

// LimitInfo bounds rules.
type LimitInfo struct {
	Depth      int `json:"depth"`
	Conditions int `json:"conditions"`
	Values     int `json:"values" doc:"Of one condition"`
	Text       int `json:"text" doc:"Characters of one value"`
	Days       int `json:"days" doc:"The longest rolling window"`
	Within     int `json:"within" doc:"Days between the facts of a sequence"`
	Bytes      int `json:"bytes" doc:"Of the rule as JSON"`
	Audiences  int `json:"audiences"`
}

// Catalogue is what a builder of rules needs.
type Catalogue struct {
	Fields     []customer.FieldInfo `json:"fields" doc:"Those that conditions can name"`
	Streams    []StreamInfo         `json:"streams"`
	Aggregates []AggregateInfo      `json:"aggregates"`
	// Operators of tests on facts.
	DimensionOperators []string  `json:"dimension_operators"`
	MeasureOperators   []string  `json:"measure_operators"`
	RelativeOperators  []Choice  `json:"relative_operators"`
	WindowUnits        []Choice  `json:"window_units"`
	Limits             LimitInfo `json:"limits"`
	AsOf               clock.Day `json:"as_of" doc:"The present as-of day"`
	Columns            bool      `json:"columns" doc:"Counts are answered from memory"`
	PastFields         []string  `json:"past_fields" doc:"Codes of fields that are known for a past as-of day; others are as they are now"`
	AtFields           []string  `json:"at_fields" doc:"Codes of fields of which a condition can name a day itself, as at"`
}

// ValuesIn asks for values that facts or customers have.
type ValuesIn struct {
	Field     string `query:"field" maxLength:"64" doc:"Code of a field"`
	Stream    string `query:"stream" maxLength:"64" doc:"Or: code of a stream"`
	Dimension string `query:"dimension" maxLength:"64" doc:"With a stream: code of its dimension"`
	Text      string `query:"q" maxLength:"200" doc:"Part of the value"`
	Limit     int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

// Suggestion is a value with how often it is there.
type Suggestion struct {
	Value string `json:"value" doc:"As conditions name it"`
	Label string `json:"label"`
	Count *int64 `json:"count" doc:"Customers or facts that have it; null where not counted"`
}

// Bucket is one value of a part of a profile.
type Bucket struct {
	Key        string  `json:"key"`
	Label      string  `json:"label"`
	Count      int64   `json:"count" doc:"Members that have it"`
	Share      float64 `json:"share" doc:"Of the members, 0 to 1"`
	TotalCount int64   `json:"total_count" doc:"Customers within the reader's scope that have it"`
	TotalShare float64 `json:"total_share"`
	From       *int64  `json:"from" doc:"Of parts spend (分) and age (years): the least value; null where open, and of other parts"`
	To         *int64  `json:"to" doc:"The greatest value, itself included; null where open"`
}

// ProfilePart compares members with all customers by one thing.
type ProfilePart struct {
	Code     string   `json:"code" enum:"level,kind,region,category,spend,channel,gender,age"`
	Label    string   `json:"label"`
	Multiple bool     `json:"multiple" doc:"A customer can be in several buckets: shares do not add up to 1"`
	Buckets  []Bucket `json:"buckets" doc:"By the natural order, or by falling count; what is rare is under key other, and who has nothing under none"`
}

// Profile compares the members of an audience with all customers.
type Profile struct {
	Answer
	Count int64         `json:"count"`
	Total int64         `json:"total"`
	Parts []ProfilePart `json:"parts" doc:"Without those that the reader's role hides"`
}

// OverlapIn names audiences to be laid over each other.
type OverlapIn struct {
	IDs []int64 `json:"ids" minItems:"2" maxItems:"5"`
}

// OverlapSet is one of the audiences of an overlap.
type OverlapSet struct {
	Ref
	Size int64 `json:"size"`
}

// OverlapCell is some of the audiences of an overlap.
type OverlapCell struct {
	IDs      []int64 `json:"ids"`
	Exactly  int64   `json:"exactly" doc:"In all of these and in none of the others"`
	Together int64   `json:"together" doc:"In all of these, whatever the others"`
}

// Overlap is the sizes of all intersections: 2ⁿ−1 cells, the largest first.
type Overlap struct {
	Answer
	Sets  []OverlapSet  `json:"sets" doc:"In the order of the question"`
	Cells []OverlapCell `json:"cells"`
	Total int64         `json:"total" doc:"In any of them"`
}

// CombineIn makes an audience of others.
type CombineIn struct {
	Op          string  `json:"op" enum:"union,intersection,difference" doc:"difference: the first without the others"`
	IDs         []int64 `json:"ids" minItems:"2" maxItems:"5"`
	Name        string  `json:"name" maxLength:"400"`
	Description string  `json:"description,omitempty" maxLength:"4000"`
	As          Kind    `json:"as" enum:"dynamic,static" doc:"static freezes the members within the actor's scope"`
}

// EntriesIn names customers of a static list.
type EntriesIn struct {
	CustomerIDs []int64         `json:"customer_ids,omitempty" maxItems:"10000"`
	Filter      json.RawMessage `json:"filter,omitempty" doc:"Or: all customers that a list shows, as in POST /customers/query; {} for everybody"`
	Text        string          `json:"q,omitempty" maxLength:"400" doc:"With a filter or alone: the text that the list was searched for"`
}

// EntriesOut is what became of them.
type EntriesOut struct {
	Changed   int64  `json:"changed" doc:"Customers that were added or taken out"`
	Unchanged int64  `json:"unchanged" doc:"Those that were in, or out, already"`
	NotFound  int64  `json:"not_found" doc:"Those that are not there, or that the actor may not see"`
	Size      int64  `json:"size" doc:"Of the list now, within the actor's scope"`
	JobID     *int64 `json:"job_id" doc:"Where the rest goes on in the background"`
}

// EntriesImport is a column of numbers, phones, e-mails or member numbers.
type EntriesImport struct {
	Text     string `json:"text,omitempty" maxLength:"8000000" doc:"One value a line, or CSV. Of several columns the first that is titled as a phone, e-mail or number counts, or else the one with the most of them"`
	File     []byte `json:"file,omitempty" maxLength:"16000000" doc:"Or: a CSV or XLSX file, base64"`
	FileName string `json:"file_name,omitempty" maxLength:"255"`
	By       string `json:"by,omitempty" enum:"auto,number,phone,email,member," doc:"What the values are; auto where left out. number is the customer's own, ZK-… or the bare id, which auto takes where no member number is the same"`
	DryRun   bool   `json:"dry_run,omitempty" doc:"Look only"`
}

// ImportRow is a row that added nobody.
type ImportRow struct {
	Row    int    `json:"row" doc:"1 is the first"`
	Status string `json:"status" enum:"not_found,ambiguous,twice,already,unreadable"`
}

// ImportRead counts the rows by what they were read as.
type ImportRead struct {
	Number int `json:"number" doc:"The customer's own number"`
	Phone  int `json:"phone"`
	Email  int `json:"email"`
	Member int `json:"member" doc:"A number in a source"`
}

// EntriesImported is what became of the rows.
type EntriesImported struct {
	Rows       int         `json:"rows"`
	Column     int         `json:"column" doc:"Place of the column that was read, from 1"`
	Title      string      `json:"title" doc:"Its title, empty without one"`
	Found      int         `json:"found" doc:"Different customers that rows mean"`
	Added      int         `json:"added" doc:"Of them, those that were not in the list; what a dry run would add"`
	Already    int         `json:"already"`
	NotFound   int         `json:"not_found" doc:"Also customers that the actor may not see"`
	Ambiguous  int         `json:"ambiguous" doc:"Rows that several customers fit"`
	Twice      int         `json:"twice" doc:"Rows of a customer that an earlier row named"`
	Unreadable int         `json:"unreadable" doc:"Rows that are none of the kinds"`
	Read       ImportRead  `json:"read" doc:"As what the rows were read"`
	Problems   []ImportRow `json:"problems" doc:"The first 1,000 rows that added nobody"`
}
