//! `convdiff evaluate`.

use super::output::Output;
use anyhow::{Context, Result, bail};
use clap::Args;
use convdiff::backend::defect::{self, Planted, random};
use convdiff::evaluate::{Format, Row, Settled, adaptive, evaluate, pairs, random_section, render, spaces};
use convdiff::operands::DEFAULT_SEED;
use convdiff::run::Sitting;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs the whole chain (sweep, shrink, explain, taps) over planted defects, and says how much of it came out right.
///
/// Without flags: every planted defect of the registry. What is right is what the defect's own code says.
#[derive(Debug, Args)]
pub struct EvaluateCommand {
    /// Only these planted defects, with or without `defect:`; also random ones, as `random-17`.
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "random")]
    defects: Vec<String>,
    /// So many random defects in place of the registry's: the first from --seed on that show anywhere.
    #[arg(long, value_name = "N")]
    random: Option<usize>,
    /// Seed of the first random defect.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "random")]
    seed: u64,
    /// Instead: every two of the registry's defects in one backend, told apart or not. Markdown.
    #[arg(long, conflicts_with_all = ["random", "adaptive", "format"])]
    pairs: bool,
    /// Instead: how much of a whole map a small part foretells, chosen by `sweep --adaptive` or at random. Markdown.
    #[arg(long, conflicts_with_all = ["random", "format", "explain_calls"])]
    adaptive: bool,
    /// How the table is written: text, markdown or csv.
    #[arg(long, default_value = "text", value_parser = format)]
    format: Format,
    /// File to write it to [default: stdout].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace that file if it is there.
    #[arg(long, requires = "output")]
    force: bool,
    /// Problems that may be run to explain a finding.
    #[arg(long, value_name = "N", default_value_t = 600)]
    explain_calls: usize,
    /// No progress on stderr.
    #[arg(short, long)]
    quiet: bool,
}

/// Problems that each pair is swept on.
const PAIRS: u64 = 10_000;

impl EvaluateCommand {
    pub fn run(self) -> Result<ExitCode> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let settled = Settled {
            shrink_calls: convdiff::shrink::DEFAULT_CALLS,
            explain_calls: self.explain_calls,
            seed: DEFAULT_SEED,
            sitting: Sitting { threads, program: super::own_file()?, python: None },
        };
        let output = Output::begin(self.output.as_deref(), self.force)?;
        if self.adaptive {
            return self.adaptive(output);
        }
        if self.pairs {
            let rows = self.pairs(&settled)?;
            return Self::write(&self.page("Evaluation: two defects at once", &pairs::render(&rows)), output);
        }
        let rows = match self.random {
            Some(0) => bail!("--random 0 evaluates nothing; give a number of at least 1"),
            Some(number) => self.random(number, &settled)?,
            None => self.registry(&settled)?,
        };
        if self.random.is_some() && self.format == Format::Markdown {
            return Self::write(&self.page("Evaluation: random defects", &random_section(&rows)), output);
        }
        Self::write(&render(&rows, self.format, &self.command_line()), output)
    }

    fn page(&self, title: &str, section: &str) -> String {
        format!("# {title}\n\nWritten by\n\n```sh\n{}\n```\n\n{}\n", self.command_line(), section.trim())
    }

    fn write(text: &str, output: Option<Output>) -> Result<ExitCode> {
        match output {
            Some(output) => output.write(text)?,
            None => write!(std::io::stdout(), "{text}")?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn adaptive(&self, output: Option<Output>) -> Result<ExitCode> {
        let mut rows = Vec::new();
        for defect in self.chosen()? {
            let space = spaces::of(defect.name)?;
            // What is rounding fails nowhere, and what stalls has a space that is run whole in no time.
            if space.name == "kernels" || defect.name == "defect:half-accumulation" {
                continue;
            }
            rows.push(adaptive::compare(defect, &space, &adaptive::SHARES, DEFAULT_SEED)?);
            if !self.quiet {
                writeln!(std::io::stderr(), "{}", defect.name)?;
            }
        }
        Self::write(&adaptive::render(&rows, &self.command_line()), output)
    }

    /// Of the pairs, those with --defects alone where that is given.
    fn pairs(&self, settled: &Settled) -> Result<Vec<pairs::PairRow>> {
        let space = spaces::broad(PAIRS);
        let chosen = self.chosen()?;
        let mut rows = Vec::new();
        for pair in pairs::pairs(&spaces::points(&space, settled.seed)?) {
            if !pair.iter().all(|defect| chosen.iter().any(|chosen| chosen.name == defect.name)) {
                continue;
            }
            let row = pairs::evaluate(pair, &space, settled)?;
            if !self.quiet {
                let right = if row.right() { "right" } else { "not right" };
                writeln!(std::io::stderr(), "{}: {right}, {} findings, {} exact", row.name, row.findings, row.exact())?;
            }
            rows.push(row);
        }
        Ok(rows)
    }

    fn chosen(&self) -> Result<Vec<&'static defect::Defect>> {
        Ok(match self.defects.is_empty() {
            true => defect::all().iter().collect(),
            false => {
                let named = self.defects.iter().filter(|name| !name.contains("random-"));
                named.map(|name| defect::find(name)).collect::<Result<_, _>>()?
            }
        })
    }

    fn registry(&self, settled: &Settled) -> Result<Vec<Row>> {
        let (random, planted): (Vec<_>, Vec<_>) = self.defects.iter().partition(|name| name.contains("random-"));
        let mut rows = Vec::new();
        if random.is_empty() || !planted.is_empty() {
            for defect in self.chosen()? {
                rows.push(self.row(defect, &spaces::of(defect.name)?, settled)?);
            }
        }
        for name in random {
            let full = format!("{}{}", defect::PREFIX, name.trim_start_matches(defect::PREFIX));
            let Some(defect) = random::named(&full) else { bail!("{name} names no random defect; one is `random-17`") };
            rows.extend(self.grown(&defect, settled)?);
        }
        Ok(rows)
    }

    fn random(&self, number: usize, settled: &Settled) -> Result<Vec<Row>> {
        let pool = random::Pool::new(&spaces::broad(random::POOL).axes)?;
        let mut rows = Vec::with_capacity(number);
        for defect in random::from(self.seed).filter(|defect| pool.shows(defect)).take(number) {
            rows.extend(self.grown(&defect, settled)?);
        }
        Ok(rows)
    }

    /// Most problems pass for a rare defect, so the sample grows where nothing was found.
    fn grown(&self, defect: &dyn Planted, settled: &Settled) -> Result<Option<Row>> {
        let mut row = None;
        for problems in spaces::SAMPLES {
            let found: Row = self.row(defect, &spaces::broad(problems), settled)?;
            let done = found.found_after.is_some();
            row = Some(found);
            if done {
                break;
            }
        }
        Ok(row)
    }

    fn row(&self, planted: &dyn Planted, space: &spaces::EvaluationSpace, settled: &Settled) -> Result<Row> {
        let row = evaluate(planted, space, settled).with_context(|| format!("evaluating {}", planted.name()))?;
        if !self.quiet {
            let wrong = if row.right() { "right".to_owned() } else { format!("not right: {}", row.wrong().join(", ")) };
            writeln!(std::io::stderr(), "{}: {wrong}, {:.1} s", row.defect, row.seconds)?;
        }
        Ok(row)
    }

    /// The command line that makes this table again.
    fn command_line(&self) -> String {
        let mut line = "convdiff evaluate".to_owned();
        if !self.defects.is_empty() {
            line += &format!(" --defects {}", self.defects.join(","));
        }
        if self.adaptive {
            line += " --adaptive";
        }
        if self.pairs {
            line += " --pairs";
        }
        if let Some(number) = self.random {
            line += &format!(" --random {number} --seed {}", self.seed);
        }
        if self.explain_calls != 600 {
            line += &format!(" --explain-calls {}", self.explain_calls);
        }
        if self.format != Format::Text {
            line += if self.format == Format::Csv { " --format csv" } else { " --format markdown" };
        }
        if self.force {
            line += " --force";
        }
        if let Some(file) = &self.output {
            line += &format!(" -o {}", file.display());
        }
        line
    }
}

fn format(name: &str) -> Result<Format, String> {
    match name {
        "text" => Ok(Format::Text),
        "markdown" => Ok(Format::Markdown),
        "csv" => Ok(Format::Csv),
        _ => Err("it is text, markdown or csv".to_owned()),
    }
}
