// Package calendar knows the Chinese calendar: lunar dates of the years 1900
// to 2100, their days in the civil calendar and back, and when a birthday that
// was given by either calendar comes round; and the working days and hours of
// offices, with the holidays that the State Council announces year by year.
//
// Days are clock.Day, days of company time; nothing here asks for the time.
package calendar
