//! The flags that say which problems.

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use convdiff::problem::list::Problems;
use convdiff::problem::space::{Axes, Axis, Bias, ChannelAxis, presets};
use convdiff::problem::{Condition, Problem, parse_bytes, parse_work};
use convdiff::run::{PROBLEMS, Plan};
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
    /// Only so many problems (as in `3000`, `1e6`, `2M`), drawn from the space by --seed, none twice; of those of which --where holds.
    #[arg(long, value_name = "N", help_heading = "Problems", conflicts_with_all = ["range", "problems"],
          value_parser = number_of_problems, allow_negative_numbers = true)]
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
    /// Output channels over all groups; also multiples of the input channels: `in`, `in*2`.
    #[arg(long, value_name = "VALUES")]
    out_channels: Option<String>,
    /// Groups; `in` is one for each input channel (depthwise).
    #[arg(long, value_name = "VALUES")]
    groups: Option<String>,
    /// Input size: `8` is square, `8x5` is height by width.
    #[arg(long, value_name = "VALUES")]
    input: Option<String>,
    /// Kernel size: `3` is square, `3x2` is height by width, `1..=3+1x3+3x1` several of these.
    #[arg(long, value_name = "VALUES")]
    kernel: Option<String>,
    /// Stride: `2` both ways, `2x1` along height and width.
    #[arg(long, value_name = "VALUES")]
    stride: Option<String>,
    /// Distance of taps: 1 is a dense kernel.
    #[arg(long, value_name = "VALUES")]
    dilation: Option<String>,
    /// Pads: `1` on all sides, `1x0` top and bottom by left and right, `0:0:1:1` top, left, bottom, right.
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

/// A number of problems, with a unit or an exponent if need be.
pub fn number_of_problems(text: &str) -> Result<u64, String> {
    match parse_work(text) {
        Ok(0) | Err(_) => Err("it is a number of problems from 1 on, as in 3000, 1e6 or 2M".to_owned()),
        Ok(problems) => Ok(problems),
    }
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
    /// Puts what was typed in the place of what the run in `folder` was begun with.
    pub fn ask(&self, folder: &Path, plan: &mut Plan) -> Result<()> {
        plan.range = self.range.clone().or(plan.range.take());
        plan.sample = self.sample.or(plan.sample);
        plan.condition = self.condition.clone().or(plan.condition.take());
        if let Some(file) = &self.problems {
            let begun = folder.join(PROBLEMS);
            if !begun.exists() || read_list(&begun)? != read_list(file)? {
                bail!("{} was begun with other problems than those of --problems {}", folder.display(), file.display());
            }
        }
        if self.space.is_some() || self.axes.given().next().is_some() {
            let mut axes = match (&self.space, plan.space.take()) {
                (None, Some(axes)) => axes,
                (given, _) => base(given.as_deref().unwrap_or(presets::PRESETS[0].name))?.1,
            };
            self.axes.replace(&mut axes)?;
            plan.space = Some(axes);
        }
        Ok(())
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
        let nearest = known.iter().max_by(|a, b| likeness(given, a).total_cmp(&likeness(given, b)));
        let hint = nearest.filter(|name| likeness(given, name) > 0.7).map(|name| format!("; did you mean {name}?"));
        let hint = hint.unwrap_or_else(|| format!("; presets are {}", known.join(", ")));
        if given.contains(['/', '.']) {
            let error = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(anyhow!(error).context(format!("{given:?} is no preset and no file{hint}")));
        }
        bail!("{given:?} is no preset and no file{hint}");
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {given}"))?;
    let axes = Axes::from_toml(&text).with_context(|| format!("the space in {given}"))?;
    let name = path.file_stem().map_or_else(|| "custom".to_owned(), |stem| stem.to_string_lossy().into_owned());
    Ok((name, axes))
}

fn likeness(given: &str, name: &str) -> f64 {
    strsim::jaro_winkler(given, name)
}

fn read_list(file: &Path) -> Result<Arc<[Problem]>> {
    let read = |reader: &mut dyn std::io::BufRead| Problems::new(reader).collect::<Result<Arc<[_]>, _>>();
    if file == Path::new("-") {
        return read(&mut std::io::stdin().lock()).context("the problems on stdin");
    }
    if file.is_dir() {
        let error =
            std::io::Error::new(std::io::ErrorKind::IsADirectory, "it is a folder; a file of descriptors was expected");
        return Err(anyhow!(error).context(format!("reading {}", file.display())));
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
    text.parse().map_err(|error| anyhow!("--{flag} {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use convdiff::problem::space::Space;

    #[derive(Debug, Parser)]
    struct Flags {
        #[command(flatten)]
        problems: ProblemArgs,
    }

    fn axes(flags: &str) -> Result<Axes> {
        let chosen = Flags::try_parse_from(std::iter::once("convdiff").chain(flags.split(' ')))?.problems.choose()?;
        let axes = chosen.space.context("no space")?;
        Space::new(axes.clone())?;
        Ok(axes)
    }

    #[test]
    fn every_flag_replaces_its_axis() {
        let flags = "--batch 1,2 --in-channels 1..=8/2 --out-channels in,in*2 --groups depthwise --input 8x5 \
                     --kernel 1..=3+1x3 --stride 2x1 --dilation 1,2 --padding 0:0:1:1 --bias yes --max-work 4M \
                     --max-memory 1.5MiB";
        let flags: Vec<&str> = flags.split_whitespace().collect();
        insta::assert_snapshot!(axes(&flags.join(" ")).unwrap().to_toml(), @r#"
            batch = "1,2"
            in_channels = "1..=7/2"
            out_channels = "in,in*2"
            groups = "in"
            input = "8x5"
            kernel = "1..=3+1x3"
            stride = "2x1"
            dilation = "1,2"
            padding = "0:0:1:1"
            bias = "yes"
            max_work = 4000000
            max_memory = 1572864
        "#);
        let both = axes("--channels 2,4 --space pointwise").unwrap();
        assert_eq!((both.in_channels.to_string(), both.out_channels.to_string()), ("2,4".into(), "2,4".into()));
        assert_eq!(both.kernel.to_string(), "1");
    }

    #[test]
    fn what_flags_cannot_be_is_said() {
        let flags = [
            "--kernel 1..4",
            "--kernel 0..=3",
            "--kernel 3x",
            "--stride 0",
            "--padding 1:2",
            "--padding 4294967296",
            "--channels 4294967296",
            "--channels x",
            "--groups 5",
            "--bias maybe",
            "--max-work 4MB",
            "--max-memory lots",
            "--space coreml-2551",
            "--space nowhere.toml",
            "--batch 1..=0",
            "--problems list.txt --kernel 3",
        ];
        let errors: Vec<_> = flags.into_iter().map(|flags| format!("{:#}", axes(flags).unwrap_err())).collect();
        insta::assert_snapshot!(errors.join("\n"), @r#"
            --kernel `1..4`, byte 0: ranges include both ends and are written `first..=last`
            kernel = 0..=3 has a 0; it must be at least 1
            --kernel `3x`, byte 2: expected a number, found the end
            stride = 0 has a 0; it must be at least 1
            --padding `1:2`, byte 3: expected `:`, for the pads are top:left:bottom:right, found the end
            --padding `4294967296`, byte 0: 4294967296 is too large; at most 2147483647
            --channels `4294967296`, byte 0: 4294967296 is too large; at most 2147483647
            --channels `x`, byte 0: expected a number, found `x`
            no value of groups divides both in_channels and out_channels; the space is empty
            --bias `maybe`, byte 0: expected `no`, `yes` or `both`
            --max-work: `4MB` is not an amount; expected a number with at most one of the units k, M, G, T
            --max-memory: `lots` is not an amount; expected a number with at most one of the units kB, MB, GB, TB, KiB, MiB, GiB, TiB
            "coreml-2551" is no preset and no file; did you mean coreml-2515?
            "nowhere.toml" is no preset and no file; presets are coreml-2515, broad, depthwise, pointwise, dilated, one-dimensional, large: entity not found
            --batch `1..=0`, byte 0: the range is empty: 1 is more than 0
            --problems is a list of problems; --kernel is an axis of a space: give one or the other
        "#);
    }
}
