//! The flags that say which problems.

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use convdiff::problem::list::Problems;
use convdiff::problem::space::{Axes, Axis, Bias, ChannelAxis, presets};
use convdiff::problem::{Condition, Problem, parse_bytes, parse_work};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// Which problems: a space and a choice from it, or a list.
#[derive(Debug, Args)]
pub struct ProblemArgs {
    /// A preset (see `convdiff spaces`) or a TOML file to start from; the flags below replace its axes.
    #[arg(long, value_name = "PRESET|FILE", help_heading = "Problems", conflicts_with = "problems")]
    space: Option<String>,
    /// A file of descriptors, or a benchdnn batch file, in place of a space; `-` reads stdin.
    #[arg(long, value_name = "FILE", help_heading = "Problems")]
    problems: Option<PathBuf>,
    /// Only so many problems, drawn from the space by --seed, none twice.
    #[arg(long, value_name = "N", help_heading = "Problems", conflicts_with_all = ["range", "problems"])]
    sample: Option<u64>,
    /// Only these indices of the space.
    #[arg(long, value_name = "FIRST..END", help_heading = "Problems", conflicts_with = "problems")]
    range: Option<String>,
    /// Only problems of which this holds, as in `kernel_h != kernel_w and groups > 1`.
    #[arg(long = "where", value_name = "EXPR", help_heading = "Problems")]
    condition: Option<Condition>,
    #[command(flatten)]
    axes: AxisArgs,
}

/// One flag an axis. Values are numbers, lists and ranges: `3`, `1,2,8`, `1..=4`, `3..=31/4` (every fourth).
#[derive(Debug, Args)]
#[command(
    next_help_heading = "Axes (values: 3, a list 1,2,8, a range 1..=4, every fourth 3..=31/4; h and w apart: 1..=4x3)"
)]
struct AxisArgs {
    /// Images.
    #[arg(long, value_name = "VALUES")]
    batch: Option<String>,
    /// Input and output channels, each of these.
    #[arg(long, value_name = "VALUES", conflicts_with_all = ["in_channels", "out_channels"])]
    channels: Option<String>,
    /// Input channels over all groups.
    #[arg(long, value_name = "VALUES")]
    in_channels: Option<String>,
    /// Output channels over all groups; also multiples of the input channels: `in`, `2*in`.
    #[arg(long, value_name = "VALUES")]
    out_channels: Option<String>,
    /// Groups; `in` is one for each input channel (depthwise).
    #[arg(long, value_name = "VALUES")]
    groups: Option<String>,
    /// Input size: `8` is square, `8x5` is height by width.
    #[arg(long, value_name = "VALUES")]
    input: Option<String>,
    /// Kernel size: `3` is square, `3x2` is height by width.
    #[arg(long, value_name = "VALUES")]
    kernel: Option<String>,
    /// Stride: `2` both ways, `2x1` along height and width.
    #[arg(long, value_name = "VALUES")]
    stride: Option<String>,
    /// Distance of taps: 1 is a dense kernel.
    #[arg(long, value_name = "VALUES")]
    dilation: Option<String>,
    /// Pads: `1` on all sides, `1x0` top and bottom by left and right, four values top, left, bottom, right.
    #[arg(long, value_name = "VALUES")]
    padding: Option<String>,
    /// With bias or without: `yes`, `no` or `both`.
    #[arg(long, value_name = "yes|no|both")]
    bias: Option<String>,
    /// The most multiply-adds of one problem, as in `4M`.
    #[arg(long, value_name = "N")]
    max_work: Option<String>,
    /// The most memory of one problem, as in `256MB`.
    #[arg(long, value_name = "BYTES")]
    max_memory: Option<String>,
}

/// What the flags come to.
pub struct Chosen {
    /// The space's name: a preset's, a file's, `custom`, or `list`.
    pub name: String,
    /// The axes, unless it is a list.
    pub space: Option<Axes>,
    /// The list, empty where there is a space.
    pub list: Arc<[Problem]>,
    pub range: Option<String>,
    pub sample: Option<u64>,
    pub condition: Option<Condition>,
}

impl ProblemArgs {
    /// Whether none of the flags was given.
    pub fn is_default(&self) -> bool {
        self.space.is_none()
            && self.problems.is_none()
            && self.sample.is_none()
            && self.range.is_none()
            && self.condition.is_none()
            && self.axes.given().next().is_none()
    }

    /// Reads what the flags name.
    pub fn choose(&self) -> Result<Chosen> {
        if let Some(file) = &self.problems {
            if let Some((flag, _)) = self.axes.given().next() {
                bail!("--problems is a list of problems; --{flag} is an axis of a space: give one or the other");
            }
            return Ok(Chosen {
                name: "list".to_owned(),
                space: None,
                list: read_list(file)?,
                range: None,
                sample: None,
                condition: self.condition.clone(),
            });
        }
        let given = self.space.as_deref().unwrap_or(presets::PRESETS[0].name);
        let (mut name, mut axes) = base(given)?;
        if self.axes.given().next().is_some() {
            self.axes.replace(&mut axes)?;
            name = "custom".to_owned();
        }
        Ok(Chosen {
            name,
            space: Some(axes),
            list: Arc::default(),
            range: self.range.clone(),
            sample: self.sample,
            condition: self.condition.clone(),
        })
    }
}

/// A preset, or a file.
pub fn base(given: &str) -> Result<(String, Axes)> {
    if let Some(preset) = presets::find(given) {
        return Ok((preset.name.to_owned(), preset.axes()));
    }
    let path = Path::new(given);
    if !path.exists() {
        let known: Vec<&str> = presets::PRESETS.iter().map(|preset| preset.name).collect();
        bail!("--space {given:?} is no preset and no file; presets are {}", known.join(", "));
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {given}"))?;
    let axes = Axes::from_toml(&text).with_context(|| format!("the space in {given}"))?;
    let name = path.file_stem().map_or_else(|| "custom".to_owned(), |stem| stem.to_string_lossy().into_owned());
    Ok((name, axes))
}

fn read_list(file: &Path) -> Result<Arc<[Problem]>> {
    let read = |reader: &mut dyn std::io::BufRead| Problems::new(reader).collect::<Result<Arc<[_]>, _>>();
    if file == Path::new("-") {
        return read(&mut std::io::stdin().lock()).context("the problems on stdin");
    }
    let opened = std::fs::File::open(file).with_context(|| format!("reading {}", file.display()))?;
    read(&mut BufReader::new(opened)).with_context(|| format!("the problems in {}", file.display()))
}

impl AxisArgs {
    /// The flags that were given.
    fn given(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("batch", &self.batch),
            ("channels", &self.channels),
            ("in-channels", &self.in_channels),
            ("out-channels", &self.out_channels),
            ("groups", &self.groups),
            ("input", &self.input),
            ("kernel", &self.kernel),
            ("stride", &self.stride),
            ("dilation", &self.dilation),
            ("padding", &self.padding),
            ("bias", &self.bias),
            ("max-work", &self.max_work),
            ("max-memory", &self.max_memory),
        ]
        .into_iter()
        .filter_map(|(flag, value)| Some((flag, value.as_deref()?)))
    }

    fn replace(&self, axes: &mut Axes) -> Result<()> {
        for (flag, text) in self.given() {
            match flag {
                "batch" => axes.batch = parse::<Axis<1>>(flag, text)?,
                "channels" => {
                    axes.in_channels = parse::<Axis<1>>(flag, text)?;
                    axes.out_channels = parse::<ChannelAxis>(flag, text)?;
                }
                "in-channels" => axes.in_channels = parse::<Axis<1>>(flag, text)?,
                "out-channels" => axes.out_channels = parse::<ChannelAxis>(flag, text)?,
                "groups" => axes.groups = parse::<ChannelAxis>(flag, text)?,
                "input" => axes.input = parse::<Axis<2>>(flag, text)?,
                "kernel" => axes.kernel = parse::<Axis<2>>(flag, text)?,
                "stride" => axes.stride = parse::<Axis<2>>(flag, text)?,
                "dilation" => axes.dilation = parse::<Axis<2>>(flag, text)?,
                "padding" => axes.padding = parse::<Axis<4>>(flag, text)?,
                "bias" => axes.bias = parse::<Bias>(flag, text)?,
                "max-work" => axes.max_work = parse_work(text).with_context(|| format!("--{flag}"))?,
                _ => axes.max_memory = parse_bytes(text).with_context(|| format!("--{flag}"))?,
            }
        }
        Ok(())
    }
}

fn parse<T: FromStr<Err: std::fmt::Display>>(flag: &str, text: &str) -> Result<T> {
    text.parse().map_err(|error| anyhow!("--{flag} {text}: {error}"))
}
