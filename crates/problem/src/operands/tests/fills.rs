//! The values themselves: what they depend on, and how they are distributed.

use super::*;

#[test]
fn real_and_infinite_operands_have_no_exact_bound() {
    let problem = Problem::new(Parameters { input: Hw::square(2), ..Parameters::default() }).unwrap();
    let exactness = |input: [f32; 4], weight: f32| {
        Exactness::of(Case { problem: &problem, input: &input, weights: &[weight], bias: &[] })
    };
    assert_eq!(exactness([1.0, -4.0, 2.0, 3.0], 5.0), Exactness { integers: true, bound: 20.0 });
    assert!(exactness([4096.0, 1.0, 1.0, 1.0], 4095.0).exact_in(EXACT_IN_F32));
    assert!(!exactness([4096.0, 1.0, 1.0, 1.0], 4096.0).exact_in(EXACT_IN_F32));
    for spoilt in [0.5, f32::NAN, f32::INFINITY, 1e-40] {
        assert!(!exactness([1.0, spoilt, 1.0, 1.0], 1.0).exact_in(f64::INFINITY));
        assert!(!exactness([1.0; 4], spoilt).exact_in(f64::INFINITY));
    }
    assert_eq!(exactness([f32::NAN, 1.0, 1.0, 1.0], 0.0).bound, f64::INFINITY);
}

/// Maps and repros of one version must mean the same to the next: whoever changes these values changes all maps.
#[test]
fn the_values_stay_what_they_are() {
    let problem = Problem::new(Parameters {
        in_channels: 2,
        out_channels: 2,
        input: Hw::square(3),
        kernel: Hw { h: 3, w: 2 },
        bias: true,
        ..Parameters::default()
    })
    .unwrap();
    let mut lines = Vec::new();
    for (name, how) in Fill::NAMES {
        let mut operands = Operands::default();
        operands.fill(&problem, how, DEFAULT_SEED);
        let (input, weights) = (&operands.input[..12], &operands.weights[..8]);
        lines.push(format!("{name}\n  input {input:?}\n  weights {weights:?}\n  bias {:?}", operands.bias));
    }
    assert_snapshot!(lines.join("\n"), @r"
    integers
      input [30.0, 11.0, -55.0, 19.0, 26.0, -22.0, 52.0, -34.0, -13.0, 33.0, 48.0, -2.0]
      weights [18.0, -27.0, 20.0, -5.0, -49.0, -28.0, 9.0, 15.0]
      bias [-21.0, 5.0]
    integers-f16
      input [6.0, 3.0, -11.0, 5.0, 6.0, -4.0, 10.0, -8.0, -3.0, 7.0, 10.0, 1.0]
      weights [3.0, -7.0, 5.0, 1.0, -9.0, -8.0, -2.0, 5.0]
      bias [-5.0, 1.0]
    uniform
      input [-0.547567, 0.1632675, 0.80584633, 0.5994164, -0.071300626, -0.3347479, -0.7786881, 0.82163393, -0.14538991, 0.04649651, -0.7036115, 0.035921216]
      weights [0.25446427, 0.59308755, -0.2550732, -0.59397495, -0.36150634, 0.76006067, -0.36501443, -0.60518134]
      bias [0.14367592, 0.1659671]
    normal
      input [1.7018356, -0.7902603, 0.30173492, -1.5442581, 1.5250473, 0.02632904, -0.3100357, 1.8889847, 0.5502701, 0.86193085, -0.6058121, -0.65296173]
      weights [-0.0631485, -1.1929092, -1.6761398, -0.11029816, -0.95919037, 0.9282303, -0.50525665, 0.4088211]
      bias [-0.14533234, -1.5282974]
    extreme
      input [0.1632675, 0.5994164, -0.3347479, 0.82163393, 0.04649651, 0.035921216, 0.7999822, -0.17931736, 0.3306111, 0.16837561, 0.7866143, 0.7393874]
      weights [0.25446427, 0.59308755, -0.2550732, -0.59397495, -0.36150634, 0.76006067, -0.36501443, -0.60518134]
      bias [0.14367592, 0.1659671]
    ");
}

#[test]
fn values_depend_on_seed_and_on_every_parameter_and_on_nothing_else() {
    let problem = Problem::new(Parameters { input: Hw::square(8), bias: true, ..Parameters::default() }).unwrap();
    let mut operands = Operands::default();
    operands.fill(&problem, Fill::Integers, 1);
    let first = operands.clone();
    operands.fill(&problem, Fill::Integers, 2);
    assert_ne!(operands.input, first.input);
    let wider =
        Problem::new(Parameters { padding: Padding { right: 1, ..Padding::default() }, ..problem.parameters() });
    operands.fill(&wider.unwrap(), Fill::Integers, 1);
    assert_ne!(operands.input, first.input);
    operands.fill(&problem, Fill::Integers, 1);
    assert_eq!(operands, first);
}

/// Mean and variance of many inputs of many problems.
fn moments(how: Fill) -> (f64, f64, Vec<f32>) {
    let mut operands = Operands::default();
    let mut all = Vec::new();
    for h in 1..=60 {
        let problem = Problem::new(Parameters { input: Hw { h, w: 40 }, ..Parameters::default() }).unwrap();
        operands.fill(&problem, how, 3);
        all.extend_from_slice(&operands.input);
    }
    let mean = all.iter().map(|&x| f64::from(x)).sum::<f64>() / all.len() as f64;
    let variance = all.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / all.len() as f64;
    (mean, variance, all)
}

#[test]
fn real_fills_have_their_distributions() {
    let (mean, variance, all) = moments(Fill::Uniform);
    assert!(mean.abs() < 0.01 && (variance - 1.0 / 3.0).abs() < 0.01, "{mean} {variance}");
    assert!(all.iter().all(|x| x.abs() < 1.0 && *x != 0.0));
    let (mean, variance, all) = moments(Fill::Normal);
    assert!(mean.abs() < 0.02 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
    assert!(all.iter().all(|x| x.abs() < 6.0 && *x != 0.0));
    // 4.55 % of a normal distribution lie beyond two standard deviations, 0.27 % beyond three.
    let beyond = |limit: f32| all.iter().filter(|x| x.abs() > limit).count() as f64 / all.len() as f64;
    assert!((beyond(2.0) - 0.0455).abs() < 0.004 && (beyond(3.0) - 0.0027).abs() < 0.001);
    let (mean, _, all) = moments(Fill::Integers);
    assert!(mean.abs() < 0.5, "{mean}");
    assert!((1..=63).all(|r| all.contains(&(r as f32)) && all.contains(&(-r as f32))));
}

#[test]
fn extreme_inputs_have_every_edge() {
    let (_, _, all) = moments(Fill::Extreme);
    let share = |is: fn(&f32) -> bool| all.iter().filter(|x| is(x)).count() as f64 / all.len() as f64;
    let edges: [fn(&f32) -> bool; 7] = [
        |x| *x == f32::INFINITY,
        |x| *x == f32::NEG_INFINITY,
        |x| x.is_nan(),
        |x| *x == f32::MAX,
        |x| *x == f32::MIN,
        |x| *x == f32::MIN_POSITIVE,
        |x| x.is_subnormal() && x.is_sign_positive(),
    ];
    for (edge, is) in edges.into_iter().enumerate() {
        assert!((share(is) - 1.0 / 64.0).abs() < 0.004, "edge {edge}: {}", share(is));
    }
    assert!((share(|x| x.is_subnormal() && x.is_sign_negative()) - 1.0 / 64.0).abs() < 0.004);
    assert!(share(|x| x.is_normal() && x.abs() < 1.0) > 0.8);
}
