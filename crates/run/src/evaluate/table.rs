//! Rows as a table: Markdown to keep, CSV for programs, text for a terminal.

use super::{Minimal, Row};
use crate::report::{count, table};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For `docs/`: no seconds, so that the same chain writes the same file.
    Markdown,
    /// All there is.
    Csv,
    /// For a terminal.
    Text,
}

/// A head, and what stands below it for a row.
type Column = (&'static str, fn(&Row) -> String);

/// All columns; the last one is seconds.
const COLUMNS: [Column; 17] = [
    ("defect", |row| row.defect.clone()),
    ("right", |row| yes(row.right())),
    ("space", |row| row.space.clone()),
    ("problems", |row| count(row.problems)),
    ("shows on", |row| count(row.shows)),
    ("found after", |row| row.found_after.map_or_else(|| "-".to_owned(), count)),
    ("findings", |row| row.findings.to_string()),
    ("minimal", minimal),
    ("trigger", trigger),
    ("region", |row| yes(row.region_right)),
    ("story", |row| yes(row.story_right)),
    ("calls", |row| count(row.calls)),
    ("planted", |row| row.predicate.clone()),
    ("learnt", |row| row.triggers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")),
    ("sits at", |row| row.shape.clone().unwrap_or_default()),
    ("taps", |row| row.story.clone().unwrap_or_default()),
    ("seconds", |row| format!("{:.1}", row.seconds)),
];

/// Columns of the table on a terminal, and of the first one in Markdown.
const SHORT: usize = 12;

/// The table of `rows`, with the command line that makes it.
pub fn render(rows: &[Row], format: Format, command: &str) -> String {
    match format {
        Format::Text => {
            let shown = COLUMNS[..SHORT].iter().chain(&COLUMNS[16..]);
            let mut lines = vec![shown.clone().map(|(head, _)| (*head).to_owned()).collect::<Vec<_>>()];
            lines.extend(rows.iter().map(|row| shown.clone().map(|(_, cell)| cell(row)).collect()));
            format!("{}\n{}", table(&lines), rates(rows))
        }
        Format::Csv => csv(rows),
        Format::Markdown => markdown(rows, command),
    }
}

fn yes(right: bool) -> String {
    if right { "yes" } else { "NO" }.to_owned()
}

fn minimal(row: &Row) -> String {
    match row.minimal {
        None => "-".to_owned(),
        Some(Minimal::Yes) => "yes".to_owned(),
        Some(Minimal::No(smaller)) => format!("NO: {smaller}"),
        Some(Minimal::Unknown) => "not checked".to_owned(),
    }
}

fn trigger(row: &Row) -> String {
    match (row.is_defect(), row.accuracy.is_exact()) {
        (false, true) => "-".to_owned(),
        (true, true) => "exact".to_owned(),
        (_, false) => {
            format!("NO: precision {:.4}, recall {:.4}", row.accuracy.precision(), row.accuracy.recall())
        }
    }
}

/// How many rows are right, in all and in each respect.
fn rates(rows: &[Row]) -> String {
    let of = |right: fn(&Row) -> bool| rows.iter().filter(|row| right(row)).count();
    let parts = [
        ("right in all", of(Row::right)),
        ("found", of(Row::found)),
        ("minimal", of(Row::minimal)),
        ("trigger exact", of(|row| row.accuracy.is_exact())),
        ("region", of(|row| row.region_right)),
        ("story", of(|row| row.story_right)),
        ("one finding each", of(|row| row.findings <= 1)),
    ];
    let parts: Vec<String> = parts.iter().map(|(what, count)| format!("{what} {count}")).collect();
    format!("Of {} planted: {}.\n", rows.len(), parts.join(", "))
}

fn csv(rows: &[Row]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to memory doesn't fail.
    let mut record = |cells: Vec<String>| drop(writer.write_record(cells));
    record(COLUMNS.iter().map(|(head, _)| head.replace(' ', "_")).collect());
    rows.iter().for_each(|row| record(COLUMNS.iter().map(|(_, cell)| cell(row)).collect()));
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

fn markdown(rows: &[Row], command: &str) -> String {
    let cell = |text: String| text.replace('|', "\\|").replace('`', "'");
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let mut text = format!(
        "# Evaluation\n\nPlanted defects, each run through the whole chain: sweep, shrink, explain, taps. Ground truth is \
         what the defect's own code says. Written by\n\n```sh\n{command}\n```\n\n{}\n",
        rates(rows)
    );
    text += &line(COLUMNS[..SHORT].iter().map(|(head, _)| (*head).to_owned()).collect());
    text += &line(vec!["---".to_owned(); SHORT]);
    for row in rows {
        text += &line(COLUMNS[..SHORT].iter().map(|(_, of)| cell(of(row))).collect());
    }
    text += "\n- *found after*: problems run, in the order of the sweep, up to the first that fails.\n\
             - *minimal*: no smaller problem shows the finding, by looking at every problem whose parameters are at most the \
             repro's and one more.\n\
             - *trigger*: the triggers of all findings together, held against the planted predicate on every problem of the \
             space. A problem in which nothing could be seen, for all windows or taps that the defect touches lie in the padding, counts \
             neither way.\n\
             - *region*, *story*: of the finding with most problems.\n\
             - *calls*: runs of the backend, all included.\n\n## What was planted, and what was learnt\n";
    for row in rows {
        text += &format!("\n**{}**{}\n", row.defect, if row.right() { "" } else { " (not right in all)" });
        let mut item = |what: &str, said: String| {
            if !said.is_empty() {
                text += &format!("- {what}: {said}\n");
            }
        };
        item("planted", row.predicate.clone());
        row.triggers.iter().take(3).for_each(|trigger| item("learnt", format!("`{trigger}`")));
        if row.triggers.len() > 3 {
            item("learnt besides", format!("triggers of {} more findings", row.triggers.len() - 3));
        }
        item("sits at", row.shape.as_ref().map_or_else(String::new, |shape| format!("`{shape}`")));
        item("taps", row.story.clone().unwrap_or_default());
        item("smallest", row.smallest.map_or_else(String::new, |problem| format!("`{problem}`")));
    }
    text
}

/// Random defects, as a section: rates, and what is not right, row by row.
pub fn random_section(rows: &[Row]) -> String {
    let cell = |text: &str| text.replace('|', "\\|").replace('`', "'");
    let mut text = format!(
        "\n## Random defects\n\nA predicate of one to four literals and an effect, drawn by a seed, that show on one problem in \
         100,000 at least and on half of them at most; `convdiff sweep -b defect:random-SEED` plants one. Swept: {} problems of \
         the preset `broad` with at most 6,000 multiply-adds, and {} where these show nothing.\n\n{}\n",
        count(super::spaces::SAMPLES[0]),
        count(super::spaces::SAMPLES[1]),
        rates(rows)
    );
    let wrong: Vec<&Row> = rows.iter().filter(|row| !row.right()).collect();
    if wrong.is_empty() {
        return text;
    }
    text += "Not right in all:\n\n| defect | what | shows on | planted | learnt | came out |\n| --- | --- | --- | --- | --- | --- |\n";
    for row in wrong {
        let mut came = Vec::new();
        for what in row.wrong() {
            came.extend(match what {
                "not minimal" => Some(minimal(row).trim_start_matches("NO: ").to_owned()),
                "trigger" => Some(trigger(row).trim_start_matches("NO: ").to_owned()),
                "region" => row.shape.clone(),
                "story" => row.story.clone(),
                _ => None,
            });
        }
        let learnt: Vec<String> = row.triggers.iter().map(ToString::to_string).collect();
        let cells = [
            row.defect.trim_start_matches("defect:").to_owned(),
            row.wrong().join(", "),
            count(row.shows),
            row.predicate.clone(),
            learnt.join("; also "),
            came.join("; "),
        ];
        text += &format!("| {} |\n", cells.each_ref().map(|text| cell(text)).join(" | "));
    }
    text
}
