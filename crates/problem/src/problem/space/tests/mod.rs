mod generators;
mod points;
mod presets;
mod selections;
mod texts;

use super::{Axes, Space};

fn space(toml: &str) -> Space {
    Space::new(Axes::from_toml(toml).unwrap()).unwrap()
}

/// Every kind of value on every axis, and every reason to be excluded.
fn small() -> Space {
    space(
        r#"
        batch = "1,2"
        in_channels = "1,2,4"
        out_channels = "2,in"
        groups = "1,2,depthwise"
        input = "1,3x2,3+9"
        kernel = "1..=3x1,2"
        stride = "1,2"
        dilation = "1+1x2"
        padding = "0,1+0x1+1:0:0:2"
        bias = "both"
        max_work = 700
        max_memory = 1500
        "#,
    )
}
